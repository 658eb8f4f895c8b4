import type { Diagnosis } from "../fleet/diagnosis.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Instant } from "../instant.ts";

export type Told = Omit<Diagnosis, "owner" | "move">;

/** A pod that may not go for a reason of ours, not of the API server's. */
export function ruledOut(pod: Pod, kind: Refusal["kind"], told: Told, at: Instant): Refusal {
  const owner = pod.controller === null ? null : `${pod.controller.kind} ${pod.controller.name}`;
  return { ...aboutPod(pod), kind, budgets: [], message: "", diagnosis: { ...told, owner, move: null }, at };
}

export const aboutPod = (pod: Pod) => ({ podUid: pod.uid, pod: pod.name, namespace: pod.namespace });
