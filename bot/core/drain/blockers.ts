import type { Check } from "../fleet/check.ts";
import { allAllow, budgetKey } from "../fleet/disruption-budget.ts";
import type { Member } from "../fleet/member.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { sieveOf } from "./filter.ts";
import { movesByPolicy } from "./move.ts";
import { preflight, verdictOf } from "./preflight.ts";
import { isSame, worthKeeping } from "./refusal.ts";

/** What a drain of the node would meet as far as is known now; for a node that is not under way. */
export function blockersNow(member: Member, snapshot: Snapshot, now: Instant): readonly Refusal[] {
  const { reboot, report } = member;
  if (reboot === null) return [];
  if (report?.pending == null) return reboot.blockers.length === 0 ? reboot.blockers : [];
  if (reboot.phase.kind !== "waiting") return reboot.blockers;
  const check = checkOf(member, snapshot);
  const found =
    check === null ? reboot.blockers : preflight(check, sieveOf(member, { snapshot, now }), snapshot.budgets);
  const isMoved = (refusal: Refusal): boolean =>
    check !== null && movesByPolicy(refusal, member, { snapshot, pods: check.pods });
  // What is on record was sorted out before it was put there.
  const mayHold = (refusal: Refusal): boolean => check === null || reboot.tries > 0 || keepsFromTrying(refusal);
  const left = worthKeeping(
    found.filter((refusal) => stillBlocks(refusal, snapshot) && !isMoved(refusal) && mayHold(refusal)),
  );
  return isSame(left, reboot.blockers) ? reboot.blockers : left;
}

/**
 * What passes by itself is waited for in the drain, and an operator may free its pods only once their node is cordoned: a
 * first try is made in spite of them. After one that they ended they count (design, section 6: a retry needs a clean look).
 */
function keepsFromTrying(refusal: Refusal): boolean {
  const verdict = verdictOf(refusal);
  return verdict === "can never be satisfied" || verdict === "needs capacity";
}

/** The node's check, when it says more than the record: it worked, and no try was made since. */
function checkOf({ node, reboot }: Member, snapshot: Snapshot): Check | null {
  const check = snapshot.checks?.get(node.name);
  if (check === undefined || check.problem !== null || check.nodeUid !== node.uid || check.order !== null) return null;
  return check.at > (reboot?.outcome?.at ?? 0) ? check : null;
}

/** A budget that would allow an eviction now, or is gone, blocks no longer, whatever it answered then. */
function stillBlocks({ kind, budgets }: Refusal, snapshot: Snapshot): boolean {
  const names = budgets.map(budgetKey);
  if (kind === "several budgets") return names.filter((name) => snapshot.budgets.has(name)).length > 1;
  return kind !== "budget" || names.length === 0 || !allAllow(names, snapshot.budgets);
}
