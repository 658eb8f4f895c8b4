import type { Node } from "./node.ts";
import { mayRunOn, type Placement, type Toleration } from "./placement.ts";

/** What Bootswain needs of a DaemonSet. */
export interface DaemonSet {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** It runs kured, which reboots nodes by itself. */
  readonly isKured: boolean;
  readonly placement: Placement;
}

/**
 * The DaemonSet controller lets its pods past most of these. Its pods that are there already stay through all of them, so
 * a node with such a trouble is no less covered.
 */
const PASSING_TROUBLES = [
  "not-ready",
  "unreachable",
  "unschedulable",
  "disk-pressure",
  "memory-pressure",
  "pid-pressure",
  "network-unavailable",
].map((name): Toleration => ({ key: `node.kubernetes.io/${name}`, operator: "Exists", value: "", effect: null }));

/** Whether the DaemonSet runs a pod on the node. One whose selector no node matches covers none. */
export function covers({ placement }: DaemonSet, node: Pick<Node, "name" | "labels" | "taints">): boolean {
  return mayRunOn({ ...placement, tolerations: [...placement.tolerations, ...PASSING_TROUBLES] }, node);
}
