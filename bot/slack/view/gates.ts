import type { GateState } from "../../core/gates/judge.ts";
import type { Plan } from "../../core/plan.ts";
import { clip, escaped } from "./mrkdwn.ts";

const SHOWN: Readonly<Record<Exclude<GateState, "unread">, string>> = { green: "✔", red: "✖", unreachable: "❔" };
const SAYS_MOST = 200;

/** The gates with what was read of them, value and threshold; empty while none is read. */
export function gatesText({ gates }: Plan): string {
  const read = gates.flatMap(({ gate, state, says }) =>
    state === "unread" ? [] : [`${SHOWN[state]} ${clip(escaped(gate.name), 100)}: ${clip(escaped(says), SAYS_MOST)}`],
  );
  return read.join(" · ");
}
