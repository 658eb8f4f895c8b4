import type { Snapshot } from "../../core/fleet/snapshot.ts";
import type { GateState, JudgedGate } from "../../core/gates/judge.ts";
import type { Plan } from "../../core/plan.ts";
import { clip, escaped, listed, nameText } from "./mrkdwn.ts";

const SHOWN: Readonly<Record<Exclude<GateState, "unread">, string>> = { green: "✔", red: "✖", unreachable: "❔" };
const SAYS_MOST = 200;
const GATES_MOST = 12;

/** The gates, and of those that are closed what was read; empty while none is read. */
export function gatesText({ gates }: Pick<Plan, "gates">, snapshot: Snapshot): string {
  const read = gates.flatMap((one) => {
    const { gate, state } = one;
    if (state === "unread") return [];
    const says = state === "green" ? "" : `: ${clip(escaped(whyOf(one, snapshot)), SAYS_MOST)}`;
    return [`${SHOWN[state]} ${nameText(gate.name, 100)}${says}`];
  });
  return listed(read, GATES_MOST).replaceAll("\n", " · ");
}

/** What was read when it closed: a value that changes with every reading would be an edit every half minute. */
function whyOf({ gate, state, says }: JudgedGate, { fleet }: Snapshot): string {
  const known = fleet?.gates.find((one) => one.name === gate.name && one.state === state);
  return known?.says ?? says;
}
