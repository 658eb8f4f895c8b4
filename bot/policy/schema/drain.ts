import { z } from "zod";
import { POOL_DEFAULTS } from "../../core/policy/policy.ts";
import { cronJob, labels, namespace } from "./labels.ts";
import { evenIfMalformed, list, mapping, must } from "./must.ts";
import { choice, duration, durationOr, flag, setting } from "./scalars.ts";

const usual = POOL_DEFAULTS.drain;

/** Pods by their namespace, their labels or both. */
export const podMatch = () =>
  mapping({
    namespace: namespace().optional().describe("The pods' namespace; any when left out."),
    matchLabels: labels().prefault({}).describe("Labels that the pods have, all of them."),
  })
    .refine((match) => match.namespace !== undefined || Object.keys(match.matchLabels ?? {}).length > 0, {
      ...evenIfMalformed,
      error: "must have a namespace or a label in matchLabels; without one it matches every pod",
    })
    .transform(({ namespace: of, matchLabels }) => ({ namespace: of ?? null, matchLabels }));

export const timeout = () => duration().describe("How long it may run.");

const podRule = mapping({
  match: podMatch().describe("The pods that this is for."),
  action: choice(["evict", "move", "leave", "waitUntilFinished"])
    .prefault("evict")
    .describe("How they leave the node."),
  order: z.int(must("a whole number")).prefault(0).describe("Lower ones leave first."),
  before: mapping({ cronJob: cronJob().describe("A suspended CronJob, as namespace/name."), timeout: timeout() })
    .optional()
    .describe("A Job that must succeed before they leave."),
  atMost: duration().optional().describe("For waitUntilFinished: then they are evicted."),
})
  .refine((rule) => rule.atMost === undefined || rule.action === "waitUntilFinished", {
    ...evenIfMalformed,
    path: ["atMost"],
    error: "is for action: waitUntilFinished only",
  })
  .transform(({ before, atMost, ...rule }) => ({ ...rule, before: before ?? null, atMost: atMost ?? null }));

export const drainShape = {
  giveUpAfter: setting(usual.giveUpAfter).describe("Counted while only refused pods are left; then the node yields."),
  retryAfter: setting(usual.retryAfter).describe("When it is tried again; doubles up to 6h."),
  forceAfter: durationOr("never").prefault("never").describe("When the policy itself breaks what blocks a node."),
  whenWindowCloses: choice(["stop", "finish"])
    .prefault(usual.whenWindowCloses)
    .describe("What a drain under way does."),
  moveByRollout: flag()
    .prefault(usual.moveByRollout)
    .describe("Restart a blocked Deployment, so that its pod moves first."),
  emptyDir: choice(["delete", "protect"]).prefault(usual.emptyDir).describe("Whether pods with emptyDir data may go."),
  unmanaged: choice(["delete", "protect"]).prefault(usual.unmanaged).describe("Whether pods without an owner may go."),
  gracePeriod: durationOr("own").prefault("own").describe("The pods' own, or an upper bound of it."),
  ignoreTerminatingAfter: setting(usual.ignoreTerminatingAfter).describe(
    "When a pod that hangs in its end no longer counts.",
  ),
  pods: list(podRule, "a list of rules for pods").prefault([]).describe("Rules for single pods; the first match wins."),
};

export const drain = () => mapping(drainShape);
