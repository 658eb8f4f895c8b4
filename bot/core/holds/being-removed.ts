import type { Taint } from "../fleet/placement.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/**
 * Taints by which a node is given up. Those that only name candidates are none (DeletionCandidateOfClusterAutoscaler), nor
 * is node.cloudprovider.kubernetes.io/shutdown: such a machine is off, may come back, and is NotReady until then.
 */
const REMOVERS: readonly { readonly key: string; readonly value: string | null; readonly by: string }[] = [
  { key: "ToBeDeletedByClusterAutoscaler", value: null, by: "the cluster autoscaler" },
  { key: "karpenter.sh/disrupted", value: null, by: "Karpenter" },
  // Karpenter before 1.0.
  { key: "karpenter.sh/disruption", value: "disrupting", by: "Karpenter" },
];

/** A node that goes away needs no reboot, and a drain of ours would be in its remover's way. */
export function beingRemoved({ node }: Situation): Hold | null {
  const [remover] = node.taints.flatMap((taint) => removerOf(taint) ?? []);
  if (remover !== undefined) return hold(`${node.name} is being removed by ${remover.by} (taint ${remover.key}).`);
  if (node.deletedAt !== null) return hold(`${node.name} is being removed: someone deleted its Node object.`);
  return null;
}

const hold = (says: string): Hold => ({ kind: "being removed", says, until: null });

function removerOf(taint: Taint): (typeof REMOVERS)[number] | null {
  return REMOVERS.find(({ key, value }) => key === taint.key && (value === null || value === taint.value)) ?? null;
}
