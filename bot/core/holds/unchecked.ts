import { wallClock } from "../instant.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Its pods could not be looked at, so nobody knows whether a drain would end. */
export function unchecked({ node, snapshot, policy, now }: Situation): Hold | null {
  const check = snapshot.checks?.get(node.name);
  if (check === undefined || check.problem === null || check.nodeUid !== node.uid) return null;
  const at = wallClock(check.at, policy?.timeZone ?? "utc", now);
  const says = `Whether the pods of ${node.name} may leave could not be found out at ${at}: ${check.problem}. It is tried again.`;
  return { kind: "unchecked", says, until: null };
}
