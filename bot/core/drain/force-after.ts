import type { Standing } from "../decide/standing.ts";
import type { Member } from "../fleet/member.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Instant } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { budgetsOf } from "./force.ts";

/** Since when pods have stood in the node's way without a break, over all of its tries. */
export function blockedSince({ reboot }: Pick<Member, "reboot">): Instant | null {
  if (reboot === null) return null;
  return reboot.blockedSince ?? (reboot.phase.kind === "draining" ? reboot.phase.onlyRefusedSince : null);
}

/** When the policy itself would force the node; null while nothing blocks it, or where it never does. */
export function forceDueAt(member: Member): Instant | null {
  const since = blockedSince(member);
  const after = member.pool?.drain.forceAfter ?? null;
  return since === null || after === null ? null : since + after;
}

/** drain.forceAfter: what blocks the node now may be broken, on record as by policy@commit. */
export function forceOfPolicy(
  member: Member,
  blockers: readonly Refusal[],
  policy: Policy | undefined,
  now: Instant,
): Standing["force"] {
  const due = forceDueAt(member);
  if (due === null || now < due) return null;
  const phase = member.reboot?.phase;
  const budgets = budgetsOf(phase?.kind === "draining" ? phase.refused : blockers);
  if (budgets.length === 0) return null;
  return { budgets: new Set(budgets), by: `policy@${policy?.commit?.slice(0, 7) ?? "file"}` };
}
