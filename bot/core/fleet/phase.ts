import type { Instant } from "../instant.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { HookStage } from "./hook-run.ts";
import type { BootId, OrderId } from "./node.ts";

export const REFUSAL_KINDS = [
  "budget",
  "several budgets",
  "terminating",
  "waiting",
  "protected",
  "running",
  "before",
] as const;

/** A pod that may not go, or does not, with the numbers of its budgets at that time. */
export interface Refusal {
  readonly podUid: string;
  /**
   * Only the first two can be forced. `terminating`: it was told to end and doesn't. `waiting`: the server asks to come
   * again later. `protected`: by the policy (emptyDir, unmanaged). `running`: a rule waits until it has finished.
   * `before`: the Job that a rule wants first has failed.
   */
  readonly kind: (typeof REFUSAL_KINDS)[number];
  readonly pod: string;
  readonly namespace: string;
  /** Budgets that cover the pod; more than one is a misconfiguration that the API server answers with 500. */
  readonly budgets: readonly BudgetReading[];
  /** What the server said; empty where it did not speak. */
  readonly message: string;
  /** Null while it was not found out. */
  readonly diagnosis: Diagnosis | null;
  readonly at: Instant;
}

export interface BudgetReading {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly observedGeneration: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly disruptionsAllowed: number;
}

export type YieldReason =
  | { readonly kind: "blocked"; readonly refused: readonly Refusal[] }
  | { readonly kind: "no policy" }
  | { readonly kind: "agent silent" }
  | { readonly kind: "agent dropped"; readonly message: string }
  | { readonly kind: "order ran out" }
  | { readonly kind: "paused" }
  | { readonly kind: "skipped" }
  | { readonly kind: "freeze" }
  | { readonly kind: "window closed" }
  | { readonly kind: "quorum" }
  /** `says` is what was read of the gate, as the end of a sentence. */
  | { readonly kind: "gate"; readonly gate: string; readonly says: string }
  | { readonly kind: "hook failed"; readonly hook: string; readonly says: string }
  | { readonly kind: "withdrawn" | "released" | "tried again"; readonly by: string }
  | { readonly kind: "uncordoned by someone" }
  | { readonly kind: "cordoned by someone" }
  | { readonly kind: "pool changed" }
  | { readonly kind: "no longer pending" }
  | { readonly kind: "rebooted by itself" }
  | { readonly kind: "slot lost" }
  | { readonly kind: "reboot did not happen" };

export type FailureCause =
  | { readonly kind: "did not come back"; readonly calledAt: Instant | null }
  | { readonly kind: "not healthy after reboot"; readonly what: string }
  /** It is not verified and not tried again by itself: a hook runs once an order. */
  | { readonly kind: "hook failed"; readonly stage: HookStage; readonly hook: string; readonly what: string }
  /** The stored phase can't be read, so nobody knows what is under way: nothing is touched, and no other node is started. */
  | { readonly kind: "unreadable record"; readonly what: string };

/** What the agent has said of the order in force, kept here because a rebooted host starts its report anew. */
export interface AgentState {
  readonly accepted: Instant | null;
  readonly rebooting: Instant | null;
}

/** A node's place in the life of a reboot (design, section 5). Holds say why a waiting node waits. */
export type Phase =
  | { readonly kind: "waiting" }
  | { readonly kind: "preparing"; readonly order: OrderId; readonly fromBootId: BootId; readonly since: Instant }
  | {
      readonly kind: "draining";
      readonly order: OrderId;
      readonly fromBootId: BootId;
      readonly since: Instant;
      readonly refused: readonly Refusal[];
      /** Since when only refused pods are left; counted against drain.giveUpAfter. */
      readonly onlyRefusedSince: Instant | null;
      /** Since when no pod is left; reboot.delay counts from here. */
      readonly emptySince: Instant | null;
      /** The decisions or policy@commit under which a budget was broken; null while none was. */
      readonly forcedBy: string | null;
    }
  | {
      readonly kind: "rebooting";
      readonly order: OrderId;
      readonly fromBootId: BootId;
      readonly givenAt: Instant;
      readonly notAfter: Instant;
      readonly agent: AgentState;
    }
  | {
      readonly kind: "verifying";
      readonly order: OrderId;
      readonly fromBootId: BootId;
      readonly bootId: BootId;
      readonly since: Instant;
      /** When our cordon was seen lifted; verify.soak counts from here. */
      readonly soakingSince: Instant | null;
    }
  | {
      readonly kind: "yielding";
      readonly order: OrderId;
      readonly fromBootId: BootId;
      readonly since: Instant;
      /** The withdrawn order's end, or null when it was never given: then nothing can still be executed. */
      readonly notAfter: Instant | null;
      /** A node that was never drained was never cordoned, so nothing has to be lifted. */
      readonly mayBeCordoned: boolean;
      readonly why: YieldReason;
    }
  | {
      readonly kind: "failed";
      readonly order: OrderId;
      readonly fromBootId: BootId;
      readonly notAfter: Instant;
      readonly since: Instant;
      readonly cause: FailureCause;
      /** It serves again, so it was taken out of the slots, and is counted as taken no more. */
      readonly freed: boolean;
    };

export type PhaseKind = Phase["kind"];
export type PhaseOf<K extends PhaseKind> = Extract<Phase, { kind: K }>;

/** The order that is under way; null while the node waits, or where nothing is known of it. */
export const orderOf = (phase: Phase | undefined): OrderId | null =>
  phase === undefined || phase.kind === "waiting" ? null : phase.order;
