import type { Instant } from "../instant.ts";
import type { NodeName } from "./node.ts";
import type { Placement } from "./placement.ts";

export interface Owner {
  /** "apps/v1"; tells an operator's kinds from those of Kubernetes. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What else than a place a pod needs of a node. */
export interface PodNeeds {
  readonly placement: Placement;
  /** Requests, summed over its containers: thousandths of a CPU, and bytes. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly hasHostPort: boolean;
  /** PersistentVolumeClaims by name; a claim that only one node may use at a time can't be in two places. */
  readonly claims: readonly string[];
  /** A volume that is a path of the host. */
  readonly hasHostPath: boolean;
}

/** What the drain needs of a pod. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: NodeName | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The owner reference with controller: true. */
  readonly controller: Owner | null;
  /** A static pod's mirror (annotation kubernetes.io/config.mirror): the API can't evict what the kubelet reads from disk. */
  readonly mirror: boolean;
  readonly finished: boolean;
  readonly ready: boolean;
  /** Since when it is ready, or is not; null where that is not shown. */
  readonly readyChanged: Instant | null;
  /** False for one that no node has room for (condition PodScheduled is False). */
  readonly schedulable: boolean;
  readonly createdAt: Instant;
  /** The deletionTimestamp: the end of its grace, until which it is expected to end by itself. */
  readonly deletingSince: Instant | null;
  readonly finalizers: readonly string[];
  /** terminationGracePeriodSeconds, in seconds. */
  readonly graceSeconds: number;
  readonly hasEmptyDir: boolean;
  /** priorityClassName is system-cluster-critical or system-node-critical. */
  readonly isCritical: boolean;
  readonly needs: PodNeeds;
}

/** The pods of one node, listed after the cordon for `order` was answered and watched from that list on. */
export interface NodePods {
  readonly order: string;
  readonly pods: ReadonlyMap<string, Pod>;
}
