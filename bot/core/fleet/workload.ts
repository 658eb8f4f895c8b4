import type { Instant } from "../instant.ts";
import type { DisruptionBudget } from "./disruption-budget.ts";
import type { LabelSelector } from "./label-selector.ts";
import type { NodeName } from "./node.ts";
import type { Owner, Pod } from "./pod.ts";

/** A Deployment as its controller last judged it. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly selector: LabelSelector;
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly isPaused: boolean;
  /** The controller has not brought every replica to the newest template yet, or not judged the newest spec. */
  readonly isRollingOut: boolean;
  /** Of a rolling update, rounded for `replicas` as the controller does; both 0 for the strategy Recreate. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** The annotation that `kubectl rollout restart` writes into the template; null where there is none. */
  readonly restartedAt: string | null;
}

/** Who makes a pod, as far up as it could be read. */
export type Workload =
  | { readonly kind: "deployment"; readonly owner: Owner; readonly deployment: Deployment }
  /** A ReplicaSet of its own, a StatefulSet or a Job. */
  | { readonly kind: "plain"; readonly owner: Owner; readonly replicas: number | null }
  /** Any other kind: an operator's, which may free the pod by itself. */
  | { readonly kind: "operator"; readonly owner: Owner }
  /** Nobody: a pod that is gone is gone. */
  | { readonly kind: "none" };

/** What was read about a pod that may not go, to say why. Pods and workloads are as they were at `at`. */
export interface Evidence {
  readonly at: Instant;
  readonly pod: Pod;
  readonly workload: Workload;
  /** The budgets that cover the pod. */
  readonly budgets: readonly DisruptionBudget[];
  /** The pods that those budgets cover, the pod itself among them, each with who makes it. */
  readonly covered: readonly { readonly pod: Pod; readonly workload: Workload }[];
  /** Every pod of the same Deployment, the pod itself among them; empty where a Deployment does not make it. */
  readonly siblings: readonly Pod[];
  /** PersistentVolumeClaims of the pod that only one node or pod may use at a time. */
  readonly singleNodeClaims: readonly string[];
  /** Another node that may be used and has room for the pod; null where none does, or none was looked for. */
  readonly roomOn: NodeName | null;
}
