import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** One more try is made by itself; two orders without a reboot need a person. */
export function rebootDidNotHappen({ reboot, node, standing }: Situation): Hold | null {
  if (reboot === null || reboot.missed < 2) return null;
  const at = reboot.outcome?.at ?? 0;
  if (standing.retriedAt !== null && standing.retriedAt > at) return null;
  const says = `${node.name} was ordered to reboot ${reboot.missed} times and did not go down. Look at its agent's log, then retry.`;
  return { kind: "reboot did not happen", says, until: null };
}
