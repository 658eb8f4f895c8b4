import type { Judgement } from "./fleet/decision.ts";
import type { PolicyStatus, Slot } from "./fleet/fleet.ts";
import type { NodeName, NodeUid, OrderId } from "./fleet/node.ts";
import type { NodeReboot } from "./fleet/reboot.ts";

export interface PodRef {
  readonly node: NodeName;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * One idempotent, preconditioned effect on the cluster. A `version` is the resourceVersion that was decided on: the
 * server refuses the write when the object has changed since. Whole new contents are carried, never increments.
 */
export type Step =
  | { readonly kind: "CreateReport"; readonly node: NodeName; readonly uid: NodeUid }
  | { readonly kind: "CreateReboot"; readonly node: NodeName; readonly uid: NodeUid }
  | { readonly kind: "CreateFleet" }
  /** Frees and takes in one compare-and-set, so that a slot given up is another node's at once. */
  | {
      readonly kind: "SetSlots";
      readonly version: string;
      readonly slots: readonly Slot[];
      readonly freed: readonly Slot[];
      readonly taken: readonly Slot[];
    }
  | { readonly kind: "RecordPolicy"; readonly version: string; readonly policy: PolicyStatus }
  | { readonly kind: "SetPhase"; readonly version: string; readonly next: NodeReboot; readonly says: string }
  /** The order becomes executable by this write; made only if a fresh list shows no pod that the drain must remove. */
  | { readonly kind: "GiveOrder"; readonly version: string; readonly next: NodeReboot; readonly says: string }
  /** The write that takes the order (or the promise of one) out of the agent's sight. */
  | { readonly kind: "WithdrawOrder"; readonly version: string; readonly next: NodeReboot; readonly says: string }
  | { readonly kind: "RecordHolds"; readonly version: string; readonly next: NodeReboot }
  | { readonly kind: "Cordon"; readonly node: NodeName; readonly uid: NodeUid; readonly order: OrderId }
  /** Writes bootswain.dev/lifted-for also on a node that shows no cordon: the write fences off a late cordon of that order. */
  | { readonly kind: "Uncordon"; readonly node: NodeName; readonly uid: NodeUid; readonly order: OrderId }
  /** Lists the node's pods after the cordon's answer and watches them from there. */
  | { readonly kind: "WatchPods"; readonly node: NodeName; readonly order: OrderId }
  | { readonly kind: "Evict"; readonly pod: PodRef }
  /** Deletes a pod that a disruption budget protects; `by` is the force under which it is done. */
  | { readonly kind: "DeletePod"; readonly pod: PodRef; readonly budgets: readonly string[]; readonly by: string }
  | { readonly kind: "Judge"; readonly decision: string; readonly version: string; readonly judgement: Judgement };

/** What a step writes to: at most one step is in flight for each. */
export type StepKey = string;

export function stepKey(step: Step): StepKey {
  switch (step.kind) {
    case "CreateReport":
      return `report/${step.node}`;
    case "CreateReboot":
      return `reboot/${step.node}`;
    case "CreateFleet":
    case "SetSlots":
    case "RecordPolicy":
      return "fleet";
    case "SetPhase":
    case "GiveOrder":
    case "WithdrawOrder":
    case "RecordHolds":
      return `reboot/${step.next.node}`;
    case "Cordon":
    case "Uncordon":
      return `node/${step.node}`;
    case "WatchPods":
      return `pods/${step.node}`;
    case "Evict":
    case "DeletePod":
      return podKey(step.pod.uid);
    case "Judge":
      return "decision";
    default:
      return step satisfies never;
  }
}

export const podKey = (uid: string): StepKey => `pod/${uid}`;
