import type { Answer, Call, Json, Lease } from "../../coordinator/ports.ts";
import type { Instant } from "../../core/instant.ts";
import { DEFAULT_TIMINGS } from "../../core/timings.ts";
import type { CallParts } from "../calls.ts";
import { Mirrors } from "../mirrors.ts";

/** One answer of a server that is told what to say. */
export const answered = (code: number, body: Json = {}, retryAfter?: number): Answer => ({
  kind: "answered",
  code,
  body,
  date: 0,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

export const unanswered: Answer = { kind: "unanswered", why: "no answer within 10 s" };

/** A Kubernetes Status of failure, with causes of the reason DisruptionBudget. */
export const status = (message: string, causes: readonly string[] = []): Json => ({
  kind: "Status",
  message,
  details: { causes: causes.map((cause) => ({ reason: "DisruptionBudget", message: cause })) },
});

export const LEASE: Lease = { remaining: () => Number.POSITIVE_INFINITY };

/** Adapters over an Api that answers each call as `script` says; timers run out at once. */
export function scripted(now: Instant, script: (call: Call) => Answer | Promise<Answer>) {
  const calls: Call[] = [];
  const parts: CallParts = {
    api: {
      call: (call) => {
        calls.push(call);
        return Promise.resolve(script(call));
      },
      watch: () => ({ stop: () => {} }),
    },
    clock: {
      now: () => now,
      monotonic: () => now,
      after: (_, run) => {
        queueMicrotask(run);
        return { stop: () => {} };
      },
    },
    random: { next: () => 0 },
    log: { info: () => {}, warn: () => {} },
    timings: DEFAULT_TIMINGS,
  };
  const mirrors = new Mirrors(parts, { cluster: "abal-kuber", namespace: "bootswain", pod: null, isReader: false });
  return { parts: { ...parts, mirrors }, mirrors, calls };
}
