import { isSelf } from "../fleet/bots.ts";
import { allAllow, budgetsFingerprint } from "../fleet/disruption-budget.ts";
import type { Move } from "../fleet/move.ts";
import type { Pod } from "../fleet/pod.ts";
import type { WantedJob } from "../fleet/wanted-job.ts";
import { SECOND } from "../instant.ts";
import type { Recorded } from "../situation.ts";
import { type PodRef, podKey, type Step } from "../step.ts";
import { beforeJobOf, standingOfJob } from "./before-job.ts";
import { checkOfDrain, type Drainage, type Draining as OneDraining } from "./drainage.ts";
import { mayForce } from "./force.ts";
import { moveEndsAt, movesToBegin, moveUnderWay, restarts } from "./move.ts";
import { runsUntil } from "./refusal.ts";
import { firstTier } from "./tiers.ts";

const IN_FLIGHT_MOST = 16;

export interface Removals {
  readonly steps: readonly Step[];
  /** When a pod is worth asking about again. */
  readonly wakeAt: readonly number[];
  /** Deployments to restart, so that their pods come up elsewhere first. */
  readonly begin: readonly Move[];
  /** Pods are leaving, or may leave as far as anybody knows. */
  readonly isMoving: boolean;
}

interface Draining extends OneDraining {
  readonly drainage: Drainage;
}

/** What to do now so that `pods`, all that must leave, leave: the first tier of them, those first that may not be able to. */
export function removalsOf(draining: Draining, pods: readonly Pod[]): Removals {
  const { drainage, phase } = draining;
  const tier = firstTier(pods, drainage.sieve);
  const isRefused = ({ uid }: Pod): boolean => phase.refused.some(({ podUid }) => podUid === uid);
  // A drain that can't end moves nothing, so what the policy forbids stops it before the first eviction.
  if (phase.refused.some(({ kind }) => kind === "protected" || kind === "before"))
    return { steps: [], wakeAt: [], begin: [], isMoving: false };
  const first = tier.filter((pod) => wasRefusedAtFirst(draining, pod));
  const turn = first.length > 0 ? first : tier;
  const leaving = tier.filter((pod) => pod.deletingSince !== null && !isRefused(pod));
  const free = turn.filter((pod) => pod.deletingSince === null && !isRefused(pod) && !runsOn(draining, pod));
  const moves = turn.flatMap((pod) => moveUnderWay(draining, pod) ?? []);
  const asking = asked(draining, turn, pods);
  return {
    steps: [...restarts(draining), ...asking.steps],
    wakeAt: [...asking.wakeAt, ...moves.map((move) => moveEndsAt(draining, move))],
    begin: movesToBegin(draining, turn, pods),
    isMoving: leaving.length + free.length > 0,
  };
}

/** The check after the cordon met a refusal, and the pod has not gone since. */
function wasRefusedAtFirst(draining: Draining, { uid, deletingSince }: Pod): boolean {
  return deletingSince === null && checkOfDrain(draining)?.answers.has(uid) === true;
}

const runsOn = ({ drainage }: Draining, pod: Pod): boolean =>
  runsUntil(pod, drainage.sieve.drain, drainage.since) > drainage.sieve.now;

function asked(draining: Draining, turn: readonly Pod[], all: readonly Pod[]): Pick<Removals, "steps" | "wakeAt"> {
  const { situation, drainage } = draining;
  const { inFlight, now } = situation;
  const steps: Step[] = [];
  const wakeAt: number[] = [];
  let room = IN_FLIGHT_MOST - all.filter((pod) => inFlight.has(podKey(pod.uid))).length;
  for (const pod of turn) {
    if (pod.deletingSince !== null || inFlight.has(podKey(pod.uid)) || moveUnderWay(draining, pod) !== null) continue;
    const { due, job } = whenDue(draining, pod);
    if (due > now) wakeAt.push(due);
    else if (job !== null) steps.push(job);
    else if (room > 0) {
      room -= 1;
      steps.push(removal(situation, pod, drainage));
    }
  }
  return { steps, wakeAt };
}

interface Due {
  /** Infinity where only an event can change it. */
  readonly due: number;
  /** What has to be started before the pod is asked. */
  readonly job: Step | null;
}

function whenDue(draining: Draining, pod: Pod): Due {
  const { drainage, situation } = draining;
  const until = runsUntil(pod, drainage.sieve.drain, drainage.since);
  if (until > situation.now) return { due: until, job: null };
  const job = beforeJobOf(pod, drainage);
  const standing = job === null ? null : standingOfJob(job, drainage);
  if (job !== null && standing?.kind === "due") return { due: situation.now, job: startOf(draining, job) };
  if (standing?.kind === "running") return { due: standing.until, job: null };
  return { due: evictionDue(situation, pod), job: null };
}

/** One Job for all pods of a rule, whichever of them comes first. */
function startOf({ situation, drainage }: Draining, job: WantedJob): Step {
  const { node, snapshot, pool } = situation;
  const listed = snapshot.pods.get(node.name)?.pods.values() ?? [];
  const pods = [...listed].filter((one) => beforeJobOf(one, drainage)?.name === job.name);
  const names = pods.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  return { kind: "StartJob", node: node.name, order: drainage.order, pool: pool?.name ?? "", job, pods: names };
}

function evictionDue({ snapshot, standing, now }: Recorded, pod: Pod): number {
  const answer = snapshot.evictions.get(pod.uid);
  if (answer === undefined || mayForce(answer, standing.force)) return now;
  const hasChanged = budgetsFingerprint(answer.budgets, snapshot.budgets) !== answer.fingerprint;
  return hasChanged && allAllow(answer.budgets, snapshot.budgets) ? now : answer.retryAt;
}

/** A force deletes exactly the pods that its budgets refused; all else is evicted. */
function removal(situation: Recorded, pod: Pod, { sieve, order }: Drainage): Step {
  const { snapshot, standing, node } = situation;
  const { namespace, name, uid } = pod;
  // Whoever leads then goes on with the drain, and asks for this pod.
  if (isSelf(pod, snapshot.bots)) return { kind: "HandOver", node: node.name, order };
  const ref: PodRef = { node: node.name, namespace, name, uid };
  const bound = sieve.drain.gracePeriod;
  const graceSeconds = bound === null ? null : Math.max(1, Math.min(pod.graceSeconds, Math.ceil(bound / SECOND)));
  const answer = snapshot.evictions.get(uid);
  if (standing.force !== null && mayForce(answer, standing.force))
    return { kind: "DeletePod", pod: ref, graceSeconds, budgets: answer?.budgets ?? [], by: standing.force.by };
  return { kind: "Evict", pod: ref, graceSeconds };
}
