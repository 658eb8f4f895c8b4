import { allAllow, budgetsFingerprint } from "../fleet/disruption-budget.ts";
import type { Pod } from "../fleet/pod.ts";
import type { EvictionAnswer } from "../fleet/snapshot.ts";
import type { Situation } from "../situation.ts";
import { type PodRef, podKey, type Step } from "../step.ts";

const IN_FLIGHT_MOST = 16;

/** The evictions to ask for now, and when the next refused pod is worth asking about again. */
export function evictionsOf(
  situation: Situation,
  pods: readonly Pod[],
): { readonly steps: readonly Step[]; readonly wakeAt: readonly number[] } {
  const { inFlight, now, node } = situation;
  const steps: Step[] = [];
  const wakeAt: number[] = [];
  let room = IN_FLIGHT_MOST - pods.filter((pod) => inFlight.has(podKey(pod.uid))).length;
  for (const pod of pods) {
    if (pod.deletingSince !== null || inFlight.has(podKey(pod.uid))) continue;
    const due = whenDue(situation, pod);
    if (due > now) wakeAt.push(due);
    else if (room > 0) {
      room -= 1;
      steps.push(removal(situation, pod, { node: node.name, namespace: pod.namespace, name: pod.name, uid: pod.uid }));
    }
  }
  return { steps, wakeAt };
}

/** A force deletes exactly the pods that its budgets refused; all else is evicted. */
function removal(situation: Situation, pod: Pod, ref: PodRef): Step {
  const answer = situation.snapshot.evictions.get(pod.uid);
  const force = situation.standing.force;
  if (force !== null && answer !== undefined && isForced(answer, force.budgets)) {
    return { kind: "DeletePod", pod: ref, budgets: answer.budgets, by: force.by };
  }
  return { kind: "Evict", pod: ref };
}

function isForced(answer: EvictionAnswer, budgets: ReadonlySet<string>): boolean {
  return answer.kind === "refused" && answer.budgets.length > 0 && answer.budgets.every((name) => budgets.has(name));
}

function whenDue({ snapshot, standing, now }: Situation, pod: Pod): number {
  const answer = snapshot.evictions.get(pod.uid);
  if (answer === undefined) return now;
  if (standing.force !== null && isForced(answer, standing.force.budgets)) return now;
  const hasChanged =
    answer.kind === "refused" && budgetsFingerprint(answer.budgets, snapshot.budgets) !== answer.fingerprint;
  return hasChanged && allAllow(answer.budgets, snapshot.budgets) ? now : answer.retryAt;
}
