import { budgetKey, type DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { BudgetReading, Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { EvictionAnswer } from "../fleet/snapshot.ts";
import { formatDuration, type Instant } from "../instant.ts";
import type { DrainSettings } from "../policy/policy.ts";
import { failedBefore } from "./before-job.ts";
import { diagnose } from "./diagnosis/diagnose.ts";
import type { Drainage } from "./drainage.ts";
import { fateOf, type Sieve } from "./filter.ts";
import { isOwn } from "./own-pods.ts";
import { aboutPod, ruledOut, type Told } from "./ruled-out.ts";
import { ruleFor } from "./rules.ts";

const KIND = { refused: "budget", misconfigured: "several budgets", wait: "waiting" } as const;

/** Why a pod is still there; null while nothing says that it can't go. `known` are the refusals on record. */
export function refusalOf(pod: Pod, drainage: Drainage, known: readonly Refusal[]): Refusal | null {
  const { snapshot, sieve } = drainage;
  if (isOwn(pod, snapshot)) return null;
  if (pod.deletingSince !== null) return stuck(pod, pod.deletingSince, drainage);
  const own = ofPolicy(pod, sieve) ?? failedBefore(pod, drainage);
  if (own !== null) return own;
  if (runsUntil(pod, sieve.drain, drainage.since) > sieve.now) return null;
  const answer = snapshot.evictions.get(pod.uid);
  if (answer === undefined) return known.find(({ podUid }) => podUid === pod.uid) ?? null;
  return fromAnswer(pod, answer, snapshot.budgets);
}

/** What the policy itself has against it: told before anything is evicted. */
export function ofPolicy(pod: Pod, sieve: Sieve): Refusal | null {
  const fate = fateOf(pod, sieve);
  if (fate.kind === "protected") return ruledOut(pod, "protected", protectedBecause(pod, fate.key), sieve.now);
  const { action, atMost } = ruleFor(pod, sieve.drain);
  if (action !== "waitUntilFinished" || atMost !== null || pod.finished) return null;
  const says = `${nameOf(pod)} runs until it has finished, and the policy waits for that.`;
  return ruledOut(pod, "running", { verdict: "clears by itself", cause: "still running", says, fixes: [] }, sieve.now);
}

/** Until when a rule leaves the pod in peace: Infinity where it sets no end, 0 where there is no such rule. */
export function runsUntil(pod: Pod, drain: DrainSettings, since: Instant): Instant {
  const { action, atMost } = ruleFor(pod, drain);
  if (action !== "waitUntilFinished" || pod.finished) return 0;
  return atMost === null ? Number.POSITIVE_INFINITY : since + atMost;
}

function protectedBecause(pod: Pod, key: "emptyDir" | "unmanaged"): Told {
  const why = {
    emptyDir: "keeps data in an emptyDir, which is lost when it leaves",
    unmanaged: "has no controller, so nothing would make it again",
  }[key];
  const says = `${nameOf(pod)} ${why}; the policy protects such pods (drain.${key}: protect).`;
  const remove = `kubectl -n ${pod.namespace} delete pod ${pod.name}`;
  const fixes = [{ says: `delete it by hand, or set drain.${key}: delete`, command: remove }];
  return { verdict: "can never be satisfied", cause: "protected", says, fixes };
}

/** Named before it is given up on: people see what hangs while it still counts. */
function stuck(pod: Pod, since: Instant, { snapshot, sieve }: Drainage): Refusal | null {
  if (sieve.now - since < snapshot.timings.stuckTerminating) return null;
  const because =
    pod.finalizers.length === 0
      ? "its kubelet has not ended it"
      : `finalizer ${pod.finalizers.join(", ")} keeps it there`;
  const ignored = formatDuration(sieve.drain.ignoreTerminatingAfter);
  const says = `${nameOf(pod)} was told to end, and is there long after its grace: ${because}. After ${ignored} the drain goes on without it.`;
  return ruledOut(pod, "terminating", { verdict: "clears by itself", cause: "terminating", says, fixes: [] }, since);
}

export function fromAnswer(
  pod: Pod,
  { kind, budgets, message, evidence, at }: EvictionAnswer,
  known: ReadonlyMap<string, DisruptionBudget>,
): Refusal {
  const readings = budgets.flatMap((name) => {
    const budget = known.get(name);
    return budget === undefined ? [] : [readingOf(budget)];
  });
  // What the server only asks to wait for is no fault of the workload's.
  const diagnosis = evidence === null || kind === "wait" ? null : diagnose(evidence);
  return { ...aboutPod(pod), kind: KIND[kind], budgets: readings, message, diagnosis, at };
}

export function readingOf(budget: DisruptionBudget): BudgetReading {
  const { namespace, name, uid, observedGeneration } = budget;
  const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } = budget;
  return { namespace, name, uid, observedGeneration, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed };
}

const nameOf = (pod: Pod): string => `${pod.namespace}/${pod.name}`;

/** How many refusals a record holds: a node may run hundreds of pods, and an object has its largest size. */
const KEPT_MOST = 50;

/** Those worth a record: of each set of budgets at least one, since a force names what it was shown. */
export function worthKeeping(refusals: readonly Refusal[]): readonly Refusal[] {
  if (refusals.length <= KEPT_MOST) return refusals;
  const firsts = new Map([...refusals].reverse().map((one) => [one.budgets.map(budgetKey).join(), one]));
  const order = [...new Set([...firsts.values(), ...refusals])].slice(0, KEPT_MOST);
  const kept = new Set(order);
  return refusals.filter((one) => kept.has(one));
}

/** Times and messages may differ between two refusals of the same kind: they are not worth a write. */
export function isSame(left: readonly Refusal[], right: readonly Refusal[]): boolean {
  const key = (refusals: readonly Refusal[]) =>
    JSON.stringify(
      refusals.map(({ podUid, kind, budgets, diagnosis }) => [
        podUid,
        kind,
        diagnosis?.verdict,
        diagnosis?.cause,
        budgets.map(({ name, currentHealthy, desiredHealthy }) => [name, currentHealthy, desiredHealthy]),
      ]),
    );
  return key(left) === key(right);
}
