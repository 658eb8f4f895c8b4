import { formatDuration } from "../../instant.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

/** The policy itself would break disruption budgets, or sooner than now. */
export function forceAfter(effect: Weighed): readonly string[] {
  return inPools(effect, ({ drain: before }, { drain: after }) => {
    const [from, to] = [before.forceAfter, after.forceAfter];
    if (to === null || (from !== null && to >= from)) return [];
    const until = from === null ? "" : `, until now ${formatDuration(from)}`;
    return [
      `pods would be deleted past their disruption budgets once a node is blocked for ${formatDuration(to)}${until} (forceAfter)`,
    ];
  });
}
