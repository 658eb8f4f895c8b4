import { formatDuration, type Instant } from "./instant.ts";
import type { Situation } from "./situation.ts";

/** When a pending node is past its deadline (overdue.after); null when it needs no reboot or has no pool. */
export function deadlineOf({ report, pool }: Pick<Situation, "report" | "pool">): Instant | null {
  return report?.pending == null || pool === null ? null : report.pending.since + pool.overdue.after;
}

export function isOverdue(situation: Pick<Situation, "report" | "pool" | "now">): boolean {
  const deadline = deadlineOf(situation);
  return deadline !== null && situation.now >= deadline;
}

/** Past its deadline the policy itself stands in for an approval (overdue.then: automatic). */
export function needsNoneNow(situation: Pick<Situation, "report" | "pool" | "now">): boolean {
  return situation.pool?.overdue.pastDeadline === "automatic" && isOverdue(situation);
}

/** Under what a node without enough approvals was let go, for its record. */
export function overdueText({ pool, policy }: Pick<Situation, "pool" | "policy">): string {
  const after = formatDuration(pool?.overdue.after ?? 0);
  const commit = policy?.commit == null ? "the policy" : `policy@${policy.commit.slice(0, 7)}`;
  return `without approval: pending for more than ${after}, and ${commit} says overdue.then: automatic`;
}
