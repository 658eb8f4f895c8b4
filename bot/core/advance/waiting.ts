import { holdsOf } from "../holds/ordered.ts";
import type { Recorded } from "../situation.ts";
import { nextOrder, slotOf } from "../usage.ts";
import { type Advance, rest, toPhase } from "./advance.ts";

/** A waiting node that was given the slot starts; one without waits for the plan to give it one. */
export function advanceWaiting(situation: Recorded): Advance {
  const { node, report, reboot, snapshot, now } = situation;
  if (report?.pending == null) return rest();
  const holds = holdsOf(situation);
  const order = nextOrder(situation);
  const slot = slotOf(snapshot, situation);
  if (holds.length > 0 || order === null || slot?.order !== order || node.bootId === null) {
    return { steps: [], holds, wakeAt: holds.flatMap(({ until }) => until ?? []) };
  }
  const phase = { kind: "preparing", order, fromBootId: node.bootId, since: now } as const;
  return toPhase(situation, phase, "has the slot; asks its agent whether it is ready", {
    orders: reboot.orders + 1,
    retryAt: null,
    outcome: reboot.outcome,
  });
}

/** Whether the node wants a slot and nothing but the budget stands in its way. */
export function wantsSlot(situation: Recorded, advance: Advance): boolean {
  const { report, reboot, node } = situation;
  if (reboot.phase.kind !== "waiting" || report?.pending == null || node.cordon.kind !== "none") return false;
  return advance.holds.length === 0 && nextOrder(situation) !== null;
}
