import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";

/** Nodes that nobody would reboot any more; without a policy in force all that are in none. */
export function noPool({ nodes, inForce }: Weighed): readonly string[] {
  const left = nodes.filter(
    ({ before, after }) => after.pool === null && (inForce === undefined || before?.pool != null),
  );
  if (left.length === 0) return [];
  const names = listed(left.map(({ node }) => node));
  const hadOne = inForce === undefined ? "" : " any more";
  return [
    `${names} would be in no pool${hadOne}, so Bootswain would leave ${left.length === 1 ? "it" : "them"} alone.`,
  ];
}
