import type { Answer, Call } from "../coordinator/ports.ts";
import type { Node, NodeName } from "../core/fleet/node.ts";
import { mayRunOn } from "../core/fleet/placement.ts";
import type { Pod } from "../core/fleet/pod.ts";
import { isRebootPending } from "../core/node-marks.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Store } from "./store.ts";

/** How many nodes are looked at before a pod counts as one that fits nowhere else. */
const NODES_MOST = 20;

type Ask = (call: Call) => Promise<Answer>;

/**
 * Another node on which a pod like this one would fit: Ready, not cordoned, not held by us, allowed by the pod's selectors,
 * affinity and tolerations, and with its requests free. Nodes that don't reboot next come first, as the scheduler has it.
 */
export async function roomFor(pod: Pod, mirrors: Mirrors, ask: Ask): Promise<NodeName | null> {
  const { store } = mirrors;
  const usable = [...store.nodes.values()].filter((node) => isUsable(node, store) && node.name !== pod.node);
  const fitting = usable.filter((node) => mayRunOn(pod.needs.placement, node));
  const calm = (node: Node): number => (node.taints.some(isRebootPending) ? 1 : 0);
  const inOrder = [...fitting].sort((a, b) => calm(a) - calm(b)).slice(0, NODES_MOST);
  if (pod.needs.cpuMillis === 0 && pod.needs.memoryBytes === 0) return inOrder[0]?.name ?? null;
  for (const node of inOrder) {
    const there = await mirrors.listPods(node.name, ask);
    if (there !== null && hasRoom(node, pod, there)) return node.name;
  }
  return null;
}

function isUsable({ name, ready, cordon, deletedAt }: Node, { reboots }: Store): boolean {
  const phase = reboots.get(name)?.phase.kind ?? "waiting";
  return ready && deletedAt === null && cordon.kind === "none" && phase === "waiting";
}

function hasRoom({ allocatable }: Node, { needs: { cpuMillis, memoryBytes } }: Pod, there: readonly Pod[]): boolean {
  const used = there.filter(({ finished }) => !finished);
  const sum = (of: (one: Pod) => number): number => used.reduce((total, one) => total + of(one), 0);
  return (
    sum(({ needs }) => needs.cpuMillis) + cpuMillis <= allocatable.cpuMillis &&
    sum(({ needs }) => needs.memoryBytes) + memoryBytes <= allocatable.memoryBytes
  );
}
