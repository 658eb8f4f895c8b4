import type { Turn } from "../coordinator/coordinator.ts";
import { refusalsOf } from "../core/decide/digest.ts";
import type { PlannedNode } from "../core/plan.ts";

/** A decision that only a person can take, and why. */
export interface Wanted {
  /** What would be typed for it. */
  readonly command: string;
  readonly why: string;
}

/** What people are asked for while nothing is under way; empty while things move by themselves. */
export function wantedDecisions({ plan, snapshot }: Turn): readonly Wanted[] {
  const isBusy =
    (snapshot.fleet?.slots.length ?? 0) > 0 || [...plan.nodes.values()].some(({ phase }) => phase.kind !== "waiting");
  if (isBusy) return [];
  const pending = [...plan.nodes.values()].filter(({ situation }) => situation.report?.pending != null);
  const blocked = pending.flatMap(forceOf);
  // A blocked node is in nobody's way: what to do about it is asked when nothing else is left.
  return blocked.length === pending.length ? blocked : pending.flatMap(approvalOf);
}

function approvalOf({ situation, holds }: PlannedNode): readonly Wanted[] {
  const needsApproval = holds.length > 0 && holds.every(({ kind }) => kind === "approval");
  return needsApproval ? holds.map(({ says }) => ({ command: `approve ${situation.node.name}`, why: says })) : [];
}

function forceOf({ situation, holds }: PlannedNode): readonly Wanted[] {
  const { node, reboot } = situation;
  const why = holds.find(({ kind }) => kind === "would be blocked" || kind === "back-off")?.says ?? "";
  const isBlocked = why !== "" && refusalsOf(reboot).length > 0;
  return isBlocked && situation.standing.forces.length === 0
    ? [{ command: `force ${node.name} kernel fix must go in`, why }]
    : [];
}
