import type { Answer, Lease } from "../coordinator/ports.ts";
import { budgetKey, budgetsFingerprint, coveringBudgets, isJudged } from "../core/fleet/disruption-budget.ts";
import type { Pod } from "../core/fleet/pod.ts";
import type { EvictionAnswer } from "../core/fleet/snapshot.ts";
import type { Evidence } from "../core/fleet/workload.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import type { PodRef, Step } from "../core/step.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { evidenceOf } from "./evidence.ts";
import { causesOf, messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Performed } from "./perform.ts";

export interface DrainParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** Asks for an eviction and waits until its effect is seen, so that no pod is asked about twice for one answer. */
export async function evict(parts: DrainParts, lease: Lease, step: Step & { kind: "Evict" }): Promise<Performed> {
  const { namespace, name, uid } = step.pod;
  const answer = await fencedCall(parts, lease, {
    verb: "evict",
    resource: "pods",
    namespace,
    name,
    uid,
    ...graceOf(step),
  });
  if (answer.kind === "unanswered" || isServersFault(answer)) return seeAgain(parts, lease, step.pod);
  const isAnswered = [200, 201, 404, 409].includes(answer.code);
  if (isAnswered) return afterRemoval(parts, lease, step.pod, answer.code);
  const pod = parts.mirrors.store.podOf(step.pod.node, uid);
  // Against a closed budget a pod of another UID is refused, too: what is refused must still be the pod that was meant.
  if (pod === null || pod.deletingSince !== null) return "done";
  parts.mirrors.recordEviction(await judged(parts, lease, pod, answer));
  return "done";
}

/** Deletes a pod past its budget, with its own grace, and only the pod that was meant. */
export async function remove(parts: DrainParts, lease: Lease, step: Step & { kind: "DeletePod" }): Promise<Performed> {
  const { namespace, name, uid } = step.pod;
  const call = { verb: "delete", resource: "pods", namespace, name, uid, ...graceOf(step) } as const;
  const answer = await fencedCall(parts, lease, call);
  return answer.kind === "unanswered"
    ? seeAgain(parts, lease, step.pod)
    : afterRemoval(parts, lease, step.pod, answer.code);
}

const graceOf = ({ graceSeconds }: { readonly graceSeconds: number | null }) =>
  graceSeconds === null ? {} : { graceSeconds };

async function afterRemoval(parts: DrainParts, lease: Lease, pod: PodRef, code: number): Promise<Performed> {
  if (code === 404) {
    parts.mirrors.podIsGone(pod);
    return "done";
  }
  if (code !== 200 && code !== 201) {
    if (code !== 409) parts.log.warn("pod not removed", { ...pod, code });
    return seeAgain(parts, lease, pod);
  }
  const seen = await parts.mirrors.podLeaves(pod, parts.timings.readAgain);
  return seen ? "done" : seeAgain(parts, lease, pod);
}

/** A fresh look: gone only when the name is free or another pod has it. */
async function seeAgain(parts: DrainParts, lease: Lease, pod: PodRef): Promise<Performed> {
  const { namespace, name } = pod;
  const answer = await fencedCall(parts, lease, { verb: "get", resource: "pods", namespace, name });
  if (answer.kind === "unanswered") return "retry";
  if (answer.code === 404) parts.mirrors.podIsGone(pod);
  else if (answer.code === 200) parts.mirrors.putPod(pod, answer.body);
  return "retry";
}

type Answered = Answer & { readonly kind: "answered" };

/** 500 is also how the server says that several budgets cover a pod. */
const isServersFault = (answer: Answered): boolean => answer.code >= 500 && !isAboutBudgets(answer);

const isAboutBudgets = ({ body }: Answered): boolean => messageOf(body).includes("PodDisruptionBudget");

/** A webhook may say anything, and the record keeps it. */
const MESSAGE_MOST = 1_000;

/** How long evidence is good for while the numbers of the budgets stay the same. */
const EVIDENCE_LASTS = MINUTE;

/** What an eviction that was not allowed means, with what was read to say why (registry/core/pod/storage/eviction.go). */
export async function judged(
  parts: DrainParts,
  lease: Lease,
  pod: Pod,
  answer: Answered,
): Promise<Omit<EvictionAnswer, "fingerprint">> {
  const now = parts.clock.now();
  const { store } = parts.mirrors;
  const covering = coveringBudgets(pod, store.budgets);
  const causes = causesOf(answer.body).filter(({ reason }) => reason === "DisruptionBudget");
  const message = [messageOf(answer.body), ...causes.map((cause) => cause.message)]
    .join(" ")
    .trim()
    .slice(0, MESSAGE_MOST);
  const isRefused = answer.code === 429 && causes.length > 0;
  // One that could never be worked out answers "still being processed" for ever.
  const isHopeless = covering.some(({ syncProblem }) => syncProblem !== null);
  const isUnjudged = covering.some((budget) => !isJudged(budget)) || message.includes("still being processed");
  const isPending = isRefused && isUnjudged && !isHopeless;
  const kind = answer.code === 500 ? "misconfigured" : isRefused && !isPending ? "refused" : "wait";
  const isOfBudget = isRefused || kind === "misconfigured";
  const budgets = isOfBudget ? namesOf(pod, causes, covering.map(budgetKey)) : [];
  const pause = kind === "wait" ? (answer.retryAfter ?? 10 * SECOND) : 0;
  const said = { podUid: pod.uid, kind, message, budgets, at: now } as const;
  const evidence = kind === "wait" ? null : await knownOrRead(parts, lease, pod, budgets);
  return { ...said, evidence, retryAt: now + Math.max(parts.timings.evictAgain, pause) };
}

const BUDGET_NAME = /disruption budget (\S+) /;

/** Those that cover the pod; a budget that this bot has not seen yet is known by the server's words alone. */
function namesOf(
  { namespace }: Pod,
  causes: readonly { readonly message: string }[],
  covering: readonly string[],
): readonly string[] {
  const named = causes.flatMap(({ message }) => BUDGET_NAME.exec(message)?.[1] ?? []);
  return covering.length > 0 ? covering : named.map((name) => `${namespace}/${name}`);
}

async function knownOrRead(
  parts: DrainParts,
  lease: Lease,
  pod: Pod,
  budgets: readonly string[],
): Promise<Evidence | null> {
  const { store } = parts.mirrors;
  const known = store.evictionOf(pod.uid);
  const isSame = known?.fingerprint === budgetsFingerprint(budgets, store.budgets);
  const isFresh = known?.evidence != null && parts.clock.now() - known.evidence.at < EVIDENCE_LASTS;
  return isSame && isFresh ? (known?.evidence ?? null) : evidenceOf(parts, lease, pod);
}
