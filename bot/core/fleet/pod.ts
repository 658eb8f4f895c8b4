import type { Instant } from "../instant.ts";
import type { NodeName } from "./node.ts";

export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
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
  readonly deletingSince: Instant | null;
}

/** The pods of one node, listed after the cordon for `order` was answered and watched from that list on. */
export interface NodePods {
  readonly order: string;
  readonly pods: ReadonlyMap<string, Pod>;
}
