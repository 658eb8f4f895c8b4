import { z } from "zod";
import { CAUSES, VERDICTS } from "../../core/fleet/diagnosis.ts";
import { HOOK_STAGES } from "../../core/fleet/hook-run.ts";
import { MOVE_STATES } from "../../core/fleet/move.ts";
import { REFUSAL_KINDS } from "../../core/fleet/phase.ts";
import { HOLD_KINDS } from "../../core/holds/hold.ts";
import { count, time } from "./fields.ts";
import { underSchema } from "./stored-under.ts";

const PHASE_KINDS = ["waiting", "preparing", "draining", "rebooting", "verifying", "yielding", "failed"] as const;

const budgetSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  observedGeneration: count(),
  currentHealthy: count(),
  desiredHealthy: count(),
  expectedPods: count(),
  disruptionsAllowed: count(),
});

const movableSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  restartedAt: z.string().optional(),
});

const diagnosisSchema = z.object({
  verdict: z.enum(VERDICTS),
  cause: z.enum(CAUSES),
  says: z.string(),
  fixes: z.array(z.object({ says: z.string(), command: z.string() })),
  owner: z.string().optional(),
  /** A Deployment that could be restarted to move the pod, or why none can. */
  movable: movableSchema.optional(),
  notMovable: z.string().optional(),
});

const refusalSchema = z.object({
  podUID: z.string(),
  kind: z.enum(REFUSAL_KINDS),
  pod: z.string(),
  namespace: z.string(),
  budgets: z.array(budgetSchema),
  message: z.string(),
  diagnosis: diagnosisSchema.optional(),
  at: time(),
});

/** Every reason has its kind; some of them carry more. */
const yieldReasonSchema = z.object({
  kind: z.enum([
    "blocked",
    "no policy",
    "agent silent",
    "agent dropped",
    "order ran out",
    "paused",
    "skipped",
    "freeze",
    "window closed",
    "quorum",
    "gate",
    "hook failed",
    "withdrawn",
    "released",
    "tried again",
    "uncordoned by someone",
    "cordoned by someone",
    "pool changed",
    "no longer pending",
    "rebooted by itself",
    "slot lost",
    "reboot did not happen",
  ]),
  message: z.string().optional(),
  /** The gate or the hook. */
  name: z.string().optional(),
  by: z.string().optional(),
  refused: z.array(refusalSchema).optional(),
});

const hookRunSchema = z.object({
  stage: z.enum(HOOK_STAGES),
  name: z.string(),
  namespace: z.string(),
  job: z.string(),
  state: z.enum(["running", "succeeded", "failed"]),
  startedAt: time(),
  endedAt: time().optional(),
  message: z.string().optional(),
  log: z.array(z.string()).optional(),
});

const baselineSchema = z.object({
  budgets: z.array(z.object({ namespace: z.string(), name: z.string(), short: count() })),
  unready: z.array(z.string()),
});

const under = { order: z.string(), fromBootID: z.string(), since: time() };

/** One optional object for each phase but waiting; only the one that `phase` names is there. */
const phaseSchemas = {
  preparing: z.object(under).optional(),
  draining: z
    .object({
      ...under,
      refused: z.array(refusalSchema),
      onlyRefusedSince: time().optional(),
      emptySince: time().optional(),
      forcedBy: z.string().optional(),
    })
    .optional(),
  rebooting: z
    .object({
      order: z.string(),
      fromBootID: z.string(),
      givenAt: time(),
      notAfter: time(),
      accepted: time().optional(),
      rebooting: time().optional(),
    })
    .optional(),
  verifying: z.object({ ...under, bootID: z.string(), soakingSince: time().optional() }).optional(),
  yielding: z
    .object({ ...under, notAfter: time().optional(), mayBeCordoned: z.boolean(), why: yieldReasonSchema })
    .optional(),
  failed: z
    .object({
      ...under,
      notAfter: time(),
      cause: z.object({
        kind: z.enum(["did not come back", "not healthy after reboot", "hook failed", "unreadable record"]),
        calledAt: time().optional(),
        what: z.string().optional(),
        stage: z.enum(HOOK_STAGES).optional(),
        hook: z.string().optional(),
      }),
      freed: z.boolean().optional(),
    })
    .optional(),
};

const outcomeSchema = z.object({
  kind: z.enum(["rebooted", "yielded"]),
  at: time(),
  tookMilliseconds: count().optional(),
  bootID: z.string().optional(),
  order: z.string().optional(),
  why: yieldReasonSchema.optional(),
});

export const statusSchema = z.object({
  pool: z.string().optional(),
  phase: z.enum(PHASE_KINDS),
  phaseSince: time().optional(),
  /** What the agent reads: there from the handshake until the order is spent or taken back. */
  order: z.object({ id: z.string(), fromBootID: z.string(), notAfter: time().optional() }).optional(),
  ...phaseSchemas,
  holds: z.array(z.object({ kind: z.enum(HOLD_KINDS), until: time().optional() })).optional(),
  orders: count().optional(),
  given: count().optional(),
  tries: count().optional(),
  triesSince: time().optional(),
  retryAt: time().optional(),
  blockers: z.array(refusalSchema).optional(),
  blockedSince: time().optional(),
  moves: z
    .array(
      z.object({
        order: z.string(),
        deployment: movableSchema,
        at: time(),
        podUIDs: z.array(z.string()),
        state: z.enum(MOVE_STATES),
      }),
    )
    .optional(),
  hooks: z.array(hookRunSchema).optional(),
  baseline: baselineSchema.optional(),
  outcome: outcomeSchema.optional(),
  missed: count().optional(),
  orderedFor: z.array(z.string()).optional(),
  wantedFor: z.array(z.string()).optional(),
  bootID: z.string().optional(),
  released: z.object({ by: z.string(), reasons: z.array(z.string()) }).optional(),
  mode: z.enum(["automatic", "approval", "observe"]).optional(),
  ...underSchema,
  history: z
    .array(
      z.object({
        at: time(),
        phase: z.enum(PHASE_KINDS),
        order: z.string().optional(),
        says: z.string(),
        ...underSchema,
      }),
    )
    .optional(),
});

export type StoredStatus = z.infer<typeof statusSchema>;
export type StoredMovable = z.infer<typeof movableSchema>;
export type StoredMove = NonNullable<StoredStatus["moves"]>[number];
export type StoredHookRun = z.infer<typeof hookRunSchema>;
export type StoredDiagnosis = z.infer<typeof diagnosisSchema>;
export type StoredRefusal = z.infer<typeof refusalSchema>;
export type StoredYieldReason = z.infer<typeof yieldReasonSchema>;
export type StoredOutcome = z.infer<typeof outcomeSchema>;
