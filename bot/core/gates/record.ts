import type { GateStatus } from "../fleet/fleet.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import type { Step } from "../step.ts";
import type { JudgedGate } from "./judge.ts";

/** What is kept of the gates where people and the command line can read it; written when a state changes, not each value. */
export function recordGates(
  { fleet, gates: readings }: Pick<Snapshot, "fleet" | "gates">,
  judged: readonly JudgedGate[],
  now: Instant,
): readonly Step[] {
  if (fleet === null || readings === null) return [];
  const gates = judged.flatMap((one) => statusOf(one, fleet.gates, now));
  const shown = (list: readonly GateStatus[]): string => list.map(({ name, state }) => `${name} ${state}`).join("\n");
  if (shown(gates) === shown(fleet.gates)) return [];
  return [{ kind: "RecordGates", version: fleet.version, gates }];
}

/** One that is not read now is as it was read last. */
function statusOf(
  { gate, state, says }: JudgedGate,
  known: readonly GateStatus[],
  now: Instant,
): readonly GateStatus[] {
  const before = known.find(({ name }) => name === gate.name);
  if (state === "unread") return before === undefined ? [] : [before];
  return [before?.state === state ? before : { name: gate.name, state, says, since: now }];
}
