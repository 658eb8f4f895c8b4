import type { Instant } from "../instant.ts";
import type { Taint } from "./placement.ts";

export type NodeName = string;
export type NodeUid = string;
/** /proc/sys/kernel/random/boot_id as the kubelet reports it: a new one is the only proof of a reboot. */
export type BootId = string;
/** Names one attempt to reboot one node; see order.ts. */
export type OrderId = string;

/**
 * Whose cordon it is. `ours` carries the order in bootswain.dev/cordoned-for; `undone` has that mark still, but someone
 * made the node schedulable again. `liftedFor` is the last order whose cordon we lifted: proof that no late write of that
 * cordon can land any more, since it was made against an older version of the Node.
 */
export type Cordon =
  | { readonly kind: "none"; readonly liftedFor: OrderId | null }
  | { readonly kind: "ours"; readonly order: OrderId }
  | { readonly kind: "undone"; readonly order: OrderId }
  | { readonly kind: "foreign"; readonly liftedFor: OrderId | null };

/** What Bootswain needs of a Kubernetes Node. */
export interface Node {
  readonly name: NodeName;
  readonly uid: NodeUid;
  readonly labels: Readonly<Record<string, string>>;
  readonly bootId: BootId | null;
  readonly ready: boolean;
  /** Since when it is Ready, or is not. */
  readonly readyChanged: Instant | null;
  /** What RKE2 and K3s say of an etcd member; null where nothing is said. */
  readonly etcdVoter: boolean | null;
  /** When the node controller saw that it was cordoned, by us or by others; null where that is not shown. */
  readonly cordonedSince: Instant | null;
  readonly cordon: Cordon;
  readonly taints: readonly Taint[];
  /** Its IP addresses and host names. */
  readonly addresses: readonly string[];
  /** Its deletionTimestamp; null for a node that stays. */
  readonly deletedAt: Instant | null;
  /** What its pods may request together: thousandths of a CPU, and bytes. */
  readonly allocatable: { readonly cpuMillis: number; readonly memoryBytes: number };
}
