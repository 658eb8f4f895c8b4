import { formatDuration } from "../../instant.ts";
import type { Pool } from "../../policy/policy.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

/** Nodes for which time would stand in for an approval, or sooner than now. */
export function overdueAutomatic(effect: Weighed): readonly string[] {
  return inPools(effect, (before, after) => {
    const [from, to] = [goesAfter(before), goesAfter(after)];
    if (after.mode !== "approval" || to === null || (from !== null && to >= from)) return [];
    const until = from === null ? "" : `, until now ${formatDuration(from)}`;
    return [`a node would need no approval any more once it is pending for ${formatDuration(to)}${until} (overdue)`];
  });
}

const goesAfter = ({ overdue }: Pool): number | null => (overdue.pastDeadline === "automatic" ? overdue.after : null);
