import type { NodePods, Pod } from "../fleet/pod.ts";

/**
 * Pods that a drain must remove before the node is empty. As kubectl's filters: pods of a DaemonSet come back at once and
 * mirror pods live on the host's disk, so neither is touched; finished pods are removed like any other.
 */
export function mustLeave(pod: Pod): boolean {
  if (pod.mirror) return false;
  return pod.finished || pod.controller?.kind !== "DaemonSet";
}

export function podsToDrain(listed: NodePods): readonly Pod[] {
  return [...listed.pods.values()].filter(mustLeave).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`;
