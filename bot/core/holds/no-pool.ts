import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function noPool({ policy, pool, node }: Situation): Hold | null {
  if (policy === undefined || pool !== null) return null;
  return { kind: "no pool", says: `No pool of the policy matches the labels of ${node.name}.`, until: null };
}
