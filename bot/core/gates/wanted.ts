import type { Snapshot } from "../fleet/snapshot.ts";
import type { Hold } from "../holds/hold.ts";
import type { Instant } from "../instant.ts";
import type { AskedGate } from "../policy/policy.ts";
import { gateKey, type JudgedGate } from "./judge.ts";

export interface WantedReadings {
  readonly gates: readonly AskedGate[];
  /** When to think of it again. */
  readonly wakeAt: readonly Instant[];
}

/** Gates are read while any node is under way, and while nothing else than a gate keeps one from going. */
export function isReadingDue(snapshot: Snapshot, waiting: readonly (readonly Hold[])[]): boolean {
  if ((snapshot.fleet?.slots.length ?? 0) > 0) return true;
  return waiting.some((holds) => holds.every(({ kind }) => kind === "gate"));
}

export function wantedReadings(snapshot: Snapshot, judged: readonly JudgedGate[], now: Instant): WantedReadings {
  const { gates: readings, timings } = snapshot;
  if (readings === null) return { gates: [], wakeAt: [] };
  const due = judged.map(({ gate }) => {
    const [newest] = readings.get(gateKey(gate)) ?? [];
    return { gate, at: newest === undefined ? now : newest.at + timings.gateEvery };
  });
  return {
    gates: due.filter(({ at }) => at <= now).map(({ gate }) => gate),
    wakeAt: due.map(({ at }) => at).filter((at) => at > now),
  };
}
