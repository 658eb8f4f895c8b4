import { isCleared } from "../drain/checks.ts";
import { holdsOf } from "../holds/ordered.ts";
import { quorum } from "../holds/quorum.ts";
import { needsNoneNow, overdueText } from "../overdue.ts";
import type { Recorded } from "../situation.ts";
import { isOrderable, nextOrder, slotOf } from "../usage.ts";
import { type Advance, rest, toPhase } from "./advance.ts";

/** A waiting node that was given the slot starts; one without waits for the plan to give it one. */
export function advanceWaiting(situation: Recorded): Advance {
  const { node, report, reboot, snapshot, now, pool } = situation;
  if (report?.pending == null) return rest();
  const slot = slotOf(snapshot, situation);
  // One that has a slot must not lose the quorum before it starts; whether one without may have it is shared out later.
  const lack = slot === null ? null : quorum(situation);
  const holds = lack === null ? holdsOf(situation) : [...holdsOf(situation), lack];
  const order = slot === null ? null : nextOrder(situation);
  if (holds.length > 0 || order === null || slot?.order !== order || node.bootId === null) {
    return { steps: [], holds, wakeAt: holds.flatMap(({ until }) => until ?? []) };
  }
  const phase = { kind: "preparing", order, fromBootId: node.bootId, since: now } as const;
  return toPhase(situation, phase, `has the slot${underWhat(situation)}; asks its agent whether it is ready`, {
    mode: pool?.mode ?? null,
    orders: reboot.orders + 1,
    retryAt: null,
    outcome: reboot.outcome,
  });
}

/** What stands in for an approval or a window is on record. */
function underWhat(situation: Recorded): string {
  const { pool, standing } = situation;
  if (standing.now !== null) return ` (now, by ${standing.now.by})`;
  return pool?.mode === "approval" && !standing.approved && needsNoneNow(situation)
    ? ` (${overdueText(situation)})`
    : "";
}

/** Whether the node wants a slot and nothing but the budget stands in its way. */
export function wantsSlot(situation: Recorded, advance: Advance): boolean {
  const { report, reboot, node } = situation;
  if (reboot.phase.kind !== "waiting" || report?.pending == null || node.cordon.kind !== "none") return false;
  return advance.holds.length === 0 && isOrderable(situation) && isCleared(situation);
}
