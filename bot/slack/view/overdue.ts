import type { Instant } from "../../core/instant.ts";
import { deadlineOf } from "../../core/overdue.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Pool } from "../../core/policy/policy.ts";

/** The deadline of the nodes that wait longest, and which reminder is due: 0 from the deadline on, null before it. */
export interface Lateness {
  readonly deadline: Instant;
  readonly reminder: number | null;
}

export function latenessOf(nodes: readonly PlannedNode[], pool: Pool, now: Instant): Lateness | null {
  const deadlines = nodes.flatMap(({ situation }) => deadlineOf(situation) ?? []);
  if (deadlines.length === 0) return null;
  const deadline = Math.min(...deadlines);
  const reminder = now < deadline ? null : Math.floor((now - deadline) / pool.overdue.remindEvery);
  return { deadline, reminder };
}
