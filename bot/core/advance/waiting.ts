import { unprovenGateHold } from "../holds/gate.ts";
import { justBooted } from "../holds/node-not-ready.ts";
import { holdsOf } from "../holds/ordered.ts";
import { quorum } from "../holds/quorum.ts";
import { needsNoneNow, overdueText } from "../overdue.ts";
import type { Recorded } from "../situation.ts";
import { isOrderable, nextOrder, slotOf } from "../usage.ts";
import { type Advance, rest, toPhase, updating } from "./advance.ts";

/** A waiting node that was given the slot starts; one without waits for the plan to give it one. */
export function advanceWaiting(situation: Recorded): Advance {
  const { node, report, reboot, snapshot, now, pool } = situation;
  const boot = unorderedBoot(situation);
  if (boot !== null) return { ...boot, holds: report?.pending == null ? [] : [justBooted(node.name)] };
  if (report?.pending == null) return rest();
  const slot = slotOf(snapshot, situation);
  // One that has a slot must not lose the quorum before it starts; whether one without may have it is shared out later.
  const lack = slot === null ? null : quorum(situation);
  const known = lack === null ? holdsOf(situation) : [...holdsOf(situation), lack];
  const order = slot === null ? null : nextOrder(situation);
  // The slot of an order that has ended was not taken on these readings.
  const isTaken = order !== null && slot?.order === order;
  const unproven = known.length === 0 && !isTaken ? unprovenGateHold(situation) : null;
  const holds = unproven === null ? known : [unproven];
  if (holds.length > 0 || !isTaken || node.bootId === null) {
    return { steps: [], holds, wakeAt: holds.flatMap(({ until }) => until ?? []) };
  }
  const phase = { kind: "preparing", order, fromBootId: node.bootId, since: now } as const;
  return toPhase(situation, phase, `has the slot${underWhat(situation)}; asks its agent whether it is ready`, {
    mode: pool?.mode ?? null,
    orders: reboot.orders + 1,
    retryAt: null,
    hooks: [],
    wantedFor: [],
    released: null,
  });
}

/** The boot that was seen last is on record, so that one which nobody ordered shows. */
function unorderedBoot(situation: Recorded): Advance | null {
  const { node, report, reboot } = situation;
  if (node.bootId === null || node.bootId === reboot.bootId || report?.bootId !== node.bootId) return null;
  if (reboot.bootId === null) return updating(situation, reboot.phase, { bootId: node.bootId });
  return toPhase(situation, reboot.phase, "was rebooted without an order", { bootId: node.bootId });
}

/** What stands in for an approval or a window is on record. */
function underWhat(situation: Recorded): string {
  const { pool, standing } = situation;
  if (standing.now !== null) return ` (now, by ${standing.now.by})`;
  return pool?.mode === "approval" && !standing.approved && needsNoneNow(situation)
    ? ` (${overdueText(situation)})`
    : "";
}

/** Whether nothing stands in the node's way but the budget, and what is to be known of its pods. */
export function mayGo(situation: Recorded, advance: Advance): boolean {
  const { report, reboot, node } = situation;
  if (reboot.phase.kind !== "waiting" || report?.pending == null) return false;
  const isFree = node.cordon.kind === "none" || (node.cordon.kind === "foreign" && situation.standing.adopted !== null);
  if (!isFree) return false;
  return advance.holds.length === 0 && isOrderable(situation);
}
