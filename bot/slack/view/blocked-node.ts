import { refusalsOf } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import type { PlannedNode } from "../../core/plan.ts";

/** Something refuses to let it go, and has for a while: a node that is tried again, or whose budgets allow it now, is not. */
export function isBlocked({ situation, phase }: PlannedNode): boolean {
  const { report, reboot, snapshot, blockers, now } = situation;
  if (report?.pending == null || refusalsOf(reboot).length === 0) return false;
  switch (phase.kind) {
    case "draining":
      return phase.onlyRefusedSince !== null && phase.refused.length > 0;
    case "yielding":
      return phase.why.kind === "blocked";
    case "waiting":
      return blockers.length > 0 && now - (reboot?.blockedSince ?? now) >= snapshot.timings.showBlockedAfter;
    case "preparing":
    case "rebooting":
    case "verifying":
    case "failed":
      return false;
    default:
      return phase satisfies never;
  }
}

/** One card for a node and a boot: tries come and go on it until it is known how the last one ended. */
export const blockedBase = (planned: PlannedNode): string =>
  `blocked-${shortHash([planned.situation.node.uid, bootOf(planned)])}`;

/** While its reboot is checked a node shows the next boot already. */
function bootOf({ situation, phase }: PlannedNode): string {
  const { bootId } = situation.node;
  return phase.kind === "waiting" || phase.fromBootId === "" ? (bootId ?? "") : phase.fromBootId;
}
