import type { MoveOffer } from "../../fleet/diagnosis.ts";
import type { Evidence } from "../../fleet/workload.ts";
import { listed } from "../../listed.ts";

/**
 * Whether a restart of the pod's Deployment would bring up the replacement elsewhere before the pod ends (design, section
 * 6): null where no Deployment makes it. Whether it comes up there is seen when it is tried.
 */
export function moveOf(evidence: Evidence): MoveOffer | null {
  const { workload } = evidence;
  if (workload.kind !== "deployment") return null;
  const { namespace, name, uid, restartedAt } = workload.deployment;
  const lack =
    lackOf(evidence) ?? (evidence.roomOn === null ? "no other node that it may run on has room for it" : null);
  return lack === null
    ? { kind: "possible", deployment: { namespace, name, uid, restartedAt } }
    : { kind: "impossible", because: lack };
}

/** What speaks against a move before other nodes are looked at. */
export function lackOf({ workload, pod, siblings, singleNodeClaims }: Omit<Evidence, "roomOn">): string | null {
  if (workload.kind !== "deployment") return "no Deployment makes it";
  const { maxSurge, maxUnavailable, isPaused, isRollingOut, replicas } = workload.deployment;
  if (maxSurge < 1) return "its Deployment may run no pod more for a while (maxSurge is 0)";
  if (maxUnavailable > 0)
    return `its Deployment may run with fewer pods for a while (maxUnavailable is ${maxUnavailable})`;
  if (isPaused) return "its Deployment is paused";
  if (isRollingOut) return "its Deployment is rolling out already";
  const elsewhere = siblings.filter(({ node }) => node !== pod.node);
  if (elsewhere.length > 0 || siblings.length !== replicas)
    return "other pods of its Deployment run elsewhere, and would be restarted, too";
  if (singleNodeClaims.length > 0) return `only one node at a time may use its volume (${listed(singleNodeClaims)})`;
  if (pod.needs.hasHostPath) return "it uses a path of its host";
  if (pod.needs.hasHostPort) return "it uses a port of its host";
  return null;
}
