import type { BudgetReading, Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { EvictionAnswer, Snapshot } from "../fleet/snapshot.ts";
import { formatDuration } from "../instant.ts";

const KIND = { refused: "budget", misconfigured: "several budgets", wait: "waiting" } as const;

/** Why a pod is still there; null while nothing says that it can't go. */
export function refusalOf(pod: Pod, snapshot: Snapshot, now: number, known: readonly Refusal[]): Refusal | null {
  if (pod.deletingSince !== null) return stuck(pod, pod.deletingSince, snapshot, now);
  const answer = snapshot.evictions.get(pod.uid);
  if (answer === undefined) return known.find(({ podUid }) => podUid === pod.uid) ?? null;
  return fromAnswer(pod, answer, snapshot);
}

function stuck(pod: Pod, since: number, snapshot: Snapshot, now: number): Refusal | null {
  if (now - since < snapshot.timings.stuckTerminating) return null;
  const message = `has been terminating for more than ${formatDuration(snapshot.timings.stuckTerminating)}`;
  return { ...aboutPod(pod), kind: "terminating", budgets: [], message, at: since };
}

function fromAnswer(pod: Pod, answer: EvictionAnswer, snapshot: Snapshot): Refusal {
  const budgets = answer.budgets.flatMap((name): BudgetReading[] => {
    const budget = snapshot.budgets.get(name);
    if (budget === undefined) return [];
    const { namespace, uid, observedGeneration, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } =
      budget;
    return [
      {
        namespace,
        name: budget.name,
        uid,
        observedGeneration,
        currentHealthy,
        desiredHealthy,
        expectedPods,
        disruptionsAllowed,
      },
    ];
  });
  return { ...aboutPod(pod), kind: KIND[answer.kind], budgets, message: answer.message, at: answer.at };
}

const aboutPod = (pod: Pod) => ({ podUid: pod.uid, pod: pod.name, namespace: pod.namespace });
