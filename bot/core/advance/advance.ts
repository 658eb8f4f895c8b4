import { orderOf, type Phase } from "../fleet/phase.ts";
import { HISTORY_KEPT, type NodeReboot } from "../fleet/reboot.ts";
import type { Hold } from "../holds/hold.ts";
import type { Instant } from "../instant.ts";
import { underPolicy } from "../policy/under-policy.ts";
import type { Recorded } from "../situation.ts";
import type { Step } from "../step.ts";

/** When the slot was taken for what is under way; null where that is not on record. Hooks write more lines than one a phase. */
export function slotTakenAt({ history, phase }: NodeReboot): Instant | null {
  const current = orderOf(phase);
  return history.find(({ order }) => order === current)?.at ?? null;
}

export const startedAt = (reboot: NodeReboot): Instant => slotTakenAt(reboot) ?? reboot.phaseSince ?? 0;

/** What one phase wants done now, why it waits, and when to look again if nothing happens before. */
export interface Advance {
  readonly steps: readonly Step[];
  readonly holds: readonly Hold[];
  readonly wakeAt: readonly Instant[];
}

export const rest = (...wakeAt: readonly Instant[]): Advance => ({ steps: [], holds: [], wakeAt });

export const act = (...steps: readonly Step[]): Advance => ({ steps, holds: [], wakeAt: [] });

export type Changes = Partial<Omit<NodeReboot, "node" | "nodeUid" | "version" | "phase" | "history">>;

/** The record after a change of phase. `says` goes to the history, the log and the Event. */
export function entering(situation: Recorded, phase: Phase, says: string, changes: Changes = {}): NodeReboot {
  const { reboot, now, policy, pool } = situation;
  const order = orderOf(phase) ?? orderOf(reboot.phase);
  const under = underPolicy(policy);
  return {
    ...reboot,
    pool: pool?.name ?? reboot.pool,
    holds: [],
    // Without any policy it steps aside; what it was taken under is still worth knowing.
    ...(policy === undefined ? {} : under),
    ...changes,
    phase,
    phaseSince: phase.kind === reboot.phase.kind ? reboot.phaseSince : now,
    history: [...reboot.history, { at: now, phase: phase.kind, order, says, ...under }].slice(-HISTORY_KEPT),
  };
}

export function toPhase(situation: Recorded, phase: Phase, says: string, changes: Changes = {}): Advance {
  const next = entering(situation, phase, says, changes);
  return act({ kind: "SetPhase", version: situation.reboot.version, next, says });
}

/** New data within the same phase: no history, no Event. */
export function updating(situation: Recorded, phase: Phase, changes: Changes = {}): Advance {
  const next = { ...situation.reboot, ...changes, phase };
  return act({ kind: "SetPhase", version: situation.reboot.version, next, says: "" });
}
