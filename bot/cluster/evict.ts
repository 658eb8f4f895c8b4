import type { Answer, Lease } from "../coordinator/ports.ts";
import { SECOND } from "../core/instant.ts";
import type { PodRef } from "../core/step.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { causesOf, messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Performed } from "./perform.ts";

interface DrainParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** Asks for an eviction and waits until its effect is seen, so that no pod is asked about twice for one answer. */
export async function evict(parts: DrainParts, lease: Lease, pod: PodRef): Promise<Performed> {
  const { namespace, name, uid } = pod;
  const answer = await fencedCall(parts, lease, { verb: "evict", resource: "pods", namespace, name, uid });
  if (answer.kind === "unanswered") return seeAgain(parts, lease, pod);
  if (answer.code === 429 || answer.code === 500 || answer.code === 403) return note(parts, pod, answer);
  return afterRemoval(parts, lease, pod, answer.code);
}

/** Deletes a pod past its budget, with its own grace, and only the pod that was meant. */
export async function remove(parts: DrainParts, lease: Lease, pod: PodRef): Promise<Performed> {
  const { namespace, name, uid } = pod;
  const answer = await fencedCall(parts, lease, { verb: "delete", resource: "pods", namespace, name, uid });
  return answer.kind === "unanswered" ? seeAgain(parts, lease, pod) : afterRemoval(parts, lease, pod, answer.code);
}

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

const BUDGET_NAME = /disruption budget (\S+) /;

function note(parts: DrainParts, pod: PodRef, answer: Answer & { kind: "answered" }): Performed {
  const now = parts.clock.now();
  const causes = causesOf(answer.body).filter(({ reason }) => reason === "DisruptionBudget");
  const names = causes.flatMap(({ message }) => BUDGET_NAME.exec(message)?.[1] ?? []);
  const message = [messageOf(answer.body), ...causes.map((cause) => cause.message)].join(" ");
  const isRefused = answer.code === 429 && causes.length > 0;
  const kind = isRefused
    ? "refused"
    : answer.code === 500 && message.includes("PodDisruptionBudget")
      ? "misconfigured"
      : "wait";
  const pause = Math.max(parts.timings.evictAgain, isRefused ? 0 : (answer.retryAfter ?? 10 * SECOND));
  const budgets = names.map((budget) => `${pod.namespace}/${budget}`);
  parts.mirrors.recordEviction({ podUid: pod.uid, kind, message, budgets, at: now, retryAt: now + pause });
  return "done";
}
