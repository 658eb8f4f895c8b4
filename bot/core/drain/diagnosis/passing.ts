import type { Pod } from "../../fleet/pod.ts";
import { formatDuration, type Instant, MINUTE } from "../../instant.ts";
import { listed } from "../../listed.ts";
import type { Told } from "../ruled-out.ts";
import { type Facts, nameOf, pdb, plural } from "./facts.ts";
import { fixesFor, patchOf } from "./fixes.ts";
import { promiseText } from "./promise.ts";

/** A pod that is not ready for longer is no longer just starting. */
const STARTING_WITHIN = 10 * MINUTE;

/** A broken pod that no eviction can remove: it is not ready, and for that very reason its budget is not met. */
export function brokenItself(facts: Facts): Told | null {
  const { pod, budget, evidence } = facts;
  if (pod.ready || budget.unhealthyPods === "AlwaysAllow" || budget.currentHealthy >= budget.desiredHealthy)
    return null;
  if (isStarting(pod, evidence.at)) return null;
  const says = `${nameOf(pod)} is not ready${sinceText(pod, evidence.at)}, and ${pdb(budget)} lets such a pod go only while ${plural(budget.desiredHealthy, "other pod")} ${budget.desiredHealthy === 1 ? "is" : "are"} ready (${budget.currentHealthy} now). Waiting helps only if it mends.`;
  const allow = patchOf(budget, { unhealthyPodEvictionPolicy: "AlwaysAllow" });
  const fixes = [
    { says: "let pods go that are not ready anyway", command: allow },
    { says: "let its controller make a new one", command: `kubectl -n ${pod.namespace} delete pod ${pod.name}` },
  ];
  return { verdict: "can never be satisfied", cause: "unhealthy pods", says, fixes };
}

/** A pod that no node has room for. */
export function noRoom(facts: Facts): Told | null {
  const waiting = others(facts).filter((pod) => pod.node === null && !pod.schedulable);
  const [first] = waiting;
  if (first === undefined) return null;
  const says = `${budgetText(facts)}. ${listed(waiting.map(nameOf))} ${waiting.length === 1 ? "waits" : "wait"} for a node with room. It goes on when there is one.`;
  const look = `kubectl -n ${first.namespace} describe pod ${first.name}`;
  return {
    verdict: "needs capacity",
    cause: "no room",
    says,
    fixes: [{ says: "see what it lacks, then add it", command: look }],
  };
}

/** Others of its pods are broken, and have been for a while. */
export function othersBroken(facts: Facts): Told | null {
  const { at } = facts.evidence;
  const broken = others(facts).filter((pod) => !pod.ready && pod.deletingSince === null && !isStarting(pod, at));
  const [first] = broken;
  if (first === undefined) return null;
  const says = `${budgetText(facts)}. ${listed(broken.map((pod) => `${nameOf(pod)} is not ready${sinceText(pod, at)}`))}. Waiting helps only if that mends.`;
  const fixes = [
    { says: "let its controller make a new one", command: `kubectl -n ${first.namespace} delete pod ${first.name}` },
    { says: "see what is wrong with it", command: `kubectl -n ${first.namespace} describe pod ${first.name}` },
    ...fixesFor(facts),
  ];
  return { verdict: "can never be satisfied", cause: "unhealthy pods", says, fixes };
}

/** Pods that are on their way, or to come: in a while the budget allows an eviction. */
export function starting(facts: Facts): Told | null {
  const { evidence, wanted, pod } = facts;
  const coming = others(facts).filter((one) => !one.ready && one.deletingSince === null);
  const alive = evidence.covered.filter((one) => one.pod.deletingSince === null).length;
  const missing = wanted === null ? 0 : Math.max(0, wanted - alive);
  const isItself = !pod.ready;
  if (coming.length + missing === 0 && !isItself) return null;
  const names = listed(coming.map(nameOf));
  const what =
    coming.length > 0
      ? `${names} ${coming.length === 1 ? "is" : "are"} starting`
      : isItself
        ? `${nameOf(pod)} is starting`
        : `${plural(missing, "pod")} of ${wanted} ${missing === 1 ? "is" : "are"} still to come`;
  const says = `${budgetText(facts)}. ${what}, so this clears by itself.`;
  return { verdict: "clears by itself", cause: "starting", says, fixes: [] };
}

/** By its numbers it would let the pod go: it was just changed, or is about to be judged anew. */
export function unexplained(facts: Facts): Told {
  const says = `${budgetText(facts)}. Nothing that could be read says why; it is asked again.`;
  return { verdict: "clears by itself", cause: "unknown", says, fixes: [] };
}

const budgetText = ({ budget }: Facts): string =>
  `${pdb(budget)} ${promiseText(budget.promise)}: ${budget.currentHealthy} ${budget.currentHealthy === 1 ? "is" : "are"} ready and ${budget.desiredHealthy} must stay`;

const others = ({ evidence, pod }: Facts): readonly Pod[] =>
  evidence.covered.flatMap((one) => (one.pod.uid === pod.uid ? [] : [one.pod]));

const isStarting = (pod: Pod, at: Instant): boolean => at - (pod.readyChanged ?? pod.createdAt) < STARTING_WITHIN;

const sinceText = (pod: Pod, at: Instant): string =>
  ` for ${formatDuration(Math.max(0, at - (pod.readyChanged ?? pod.createdAt)))}`;
