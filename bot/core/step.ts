import type { Condition } from "./fleet/condition.ts";
import type { Judgement } from "./fleet/decision.ts";
import type { GateStatus, PolicyStatus, Slot } from "./fleet/fleet.ts";
import type { Move } from "./fleet/move.ts";
import type { NodeName, NodeUid, OrderId } from "./fleet/node.ts";
import type { NodeReboot } from "./fleet/reboot.ts";
import type { WantedJob } from "./fleet/wanted-job.ts";
import type { DrainSettings } from "./policy/policy.ts";
import type { UnderPolicy } from "./policy/under-policy.ts";

type Labels = Readonly<Record<string, string>>;

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
  | { readonly kind: "RecordGates"; readonly version: string; readonly gates: readonly GateStatus[] }
  | { readonly kind: "RecordConditions"; readonly version: string; readonly conditions: readonly Condition[] }
  | { readonly kind: "SetPhase"; readonly version: string; readonly next: NodeReboot; readonly says: string }
  /** The order becomes executable by this write; made only if a fresh list shows no pod that the drain must remove. */
  | {
      readonly kind: "GiveOrder";
      readonly version: string;
      readonly next: NodeReboot;
      readonly says: string;
      readonly drain: DrainSettings;
    }
  /** The write that takes the order (or the promise of one) out of the agent's sight. */
  | { readonly kind: "WithdrawOrder"; readonly version: string; readonly next: NodeReboot; readonly says: string }
  /** `says` is what people have to know of new blockers; empty where there are none. */
  | {
      readonly kind: "RecordHolds";
      readonly version: string;
      readonly next: NodeReboot;
      readonly says: string;
      /** The record's own is that of its newest change of phase. */
      readonly under: UnderPolicy;
    }
  /** `labels` are the pool's nodeLabels.during. */
  | {
      readonly kind: "Cordon";
      readonly node: NodeName;
      readonly uid: NodeUid;
      readonly order: OrderId;
      readonly labels: Labels;
      /** Someone else's cordon is made ours: a person said adopt. */
      readonly adopts: boolean;
    }
  /**
   * Writes bootswain.dev/lifted-for also on a node that shows no cordon: the write fences off a late cordon of that order.
   * `labels` are the pool's nodeLabels.after once the node was rebooted; null when it was not.
   */
  | {
      readonly kind: "Uncordon";
      readonly node: NodeName;
      readonly uid: NodeUid;
      readonly order: OrderId;
      readonly labels: Labels | null;
      /** The node stays cordoned, from now on as a person's: they said keep. */
      readonly keeps: boolean;
    }
  /** Puts or takes the taint that makes the scheduler avoid nodes which go next. */
  | { readonly kind: "Discourage"; readonly node: NodeName; readonly uid: NodeUid; readonly wanted: boolean }
  /** Looks at the node's pods, by a list and dry-run evictions, before a slot (order null) or after the cordon. */
  | {
      readonly kind: "CheckPods";
      readonly node: NodeName;
      readonly uid: NodeUid;
      readonly order: OrderId | null;
      readonly drain: DrainSettings;
    }
  /** Lists the node's pods after the cordon's answer and watches them from there. */
  | { readonly kind: "WatchPods"; readonly node: NodeName; readonly order: OrderId }
  /** `graceSeconds` null is the pod's own. */
  | { readonly kind: "Evict"; readonly pod: PodRef; readonly graceSeconds: number | null }
  /** Deletes a pod that a disruption budget protects; `by` is the force under which it is done. */
  | {
      readonly kind: "DeletePod";
      readonly pod: PodRef;
      readonly graceSeconds: number | null;
      readonly budgets: readonly string[];
      readonly by: string;
    }
  /** Gives the lease to another replica: all that is left to leave the node is the pod that the leader runs in. */
  | { readonly kind: "HandOver"; readonly node: NodeName; readonly order: OrderId }
  /** Makes the Job that a pod rule or a hook wants; one that is there already is taken for it. */
  | {
      readonly kind: "StartJob";
      readonly node: NodeName;
      readonly order: OrderId;
      readonly pool: string;
      readonly job: WantedJob;
      /** The pods that it is for, as namespace/name; none for a hook. */
      readonly pods: readonly string[];
    }
  /** Reads a Job again that is on record and not to be seen: one that was deleted has failed. */
  | { readonly kind: "ReadJob"; readonly node: NodeName; readonly namespace: string; readonly name: string }
  /** Reads the last lines that a Job which has ended wrote. */
  | { readonly kind: "ReadJobLog"; readonly node: NodeName; readonly namespace: string; readonly name: string }
  /** Restarts the move's Deployment as `kubectl rollout restart` does; one that has this very restart already is done. */
  | { readonly kind: "RestartDeployment"; readonly node: NodeName; readonly move: Move }
  /** Puts back what stood in the template before the move, unless someone has restarted it since. */
  | { readonly kind: "RestoreDeployment"; readonly node: NodeName; readonly move: Move }
  /** The judgement is written once and the rest never changes, so the uid is precondition enough. */
  | { readonly kind: "DeleteDecision"; readonly decision: string; readonly uid: string }
  | {
      readonly kind: "Judge";
      readonly decision: string;
      readonly version: string;
      readonly judgement: Judgement;
    };

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
    case "RecordGates":
    case "RecordConditions":
      return "fleet";
    case "SetPhase":
    case "GiveOrder":
    case "WithdrawOrder":
    case "RecordHolds":
      return `reboot/${step.next.node}`;
    case "Cordon":
    case "Uncordon":
    case "Discourage":
      return `node/${step.node}`;
    case "CheckPods":
      return checkKey(step.node);
    case "StartJob":
      return `job/${step.job.namespace}/${step.job.name}`;
    case "ReadJob":
    case "ReadJobLog":
      return `job/${step.namespace}/${step.name}`;
    case "RestartDeployment":
    case "RestoreDeployment":
      return `deployment/${step.move.deployment.uid}`;
    case "WatchPods":
      return `pods/${step.node}`;
    case "Evict":
    case "DeletePod":
      return podKey(step.pod.uid);
    case "HandOver":
      return "lease";
    case "DeleteDecision":
      return `decision/${step.decision}`;
    case "Judge":
      return "decision";
    default:
      return step satisfies never;
  }
}

export const checkKey = (node: NodeName): StepKey => `check/${node}`;

export const podKey = (uid: string): StepKey => `pod/${uid}`;
