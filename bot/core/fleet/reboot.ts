import type { Hold } from "../holds/hold.ts";
import type { Instant } from "../instant.ts";
import type { Mode } from "../policy/policy.ts";
import type { UnderPolicy } from "../policy/under-policy.ts";
import type { HookRun } from "./hook-run.ts";
import type { Move } from "./move.ts";
import type { BootId, NodeName, NodeUid, OrderId } from "./node.ts";
import type { Phase, PhaseKind, Refusal, YieldReason } from "./phase.ts";

export const HISTORY_KEPT = 20;

/** One line of a node's own record, newest last, with the policy that it was decided under; the last HISTORY_KEPT are kept. */
export interface HistoryEntry extends UnderPolicy {
  readonly at: Instant;
  readonly phase: PhaseKind;
  readonly order: OrderId | null;
  readonly says: string;
}

/** How the last attempt ended. */
export type Outcome =
  | { readonly kind: "rebooted"; readonly at: Instant; readonly took: number; readonly bootId: BootId }
  | { readonly kind: "yielded"; readonly at: Instant; readonly order: OrderId; readonly why: YieldReason };

/** How things stood when the drain began: verifying compares with it. */
export interface Baseline {
  /** Budgets that cover pods of the node, each with how many of its pods were short of those expected. */
  readonly budgets: readonly { readonly namespace: string; readonly name: string; readonly short: number }[];
  /** DaemonSets whose pod on the node was not ready, as namespace/name. */
  readonly unready: readonly string[];
}

/** What is stored of a hold: its sentence is computed on read. */
export type StoredHold = Pick<Hold, "kind" | "until">;

/** The NodeReboot resource: what Bootswain knows and does about one node. The policy is that of its newest change of phase. */
export interface NodeReboot extends UnderPolicy {
  readonly node: NodeName;
  readonly nodeUid: NodeUid;
  /** The object's resourceVersion: every write of it is made against the version that was decided on. */
  readonly version: string;
  readonly pool: string | null;
  readonly phase: Phase;
  readonly phaseSince: Instant | null;
  readonly holds: readonly StoredHold[];
  /** Slots taken so far; part of the next order's id. */
  readonly orders: number;
  /** Orders given so far: an approval is spent by the order given, so this is part of its digest. */
  readonly given: number;
  /** Attempts that yielded since `triesSince`, the opening in which they were made. */
  readonly tries: number;
  readonly triesSince: Instant | null;
  readonly retryAt: Instant | null;
  /** What a drain of the node would meet, or met last; empty when nothing stands in its way. */
  readonly blockers: readonly Refusal[];
  /** Since when there has been something without a break; drain.forceAfter counts from here. */
  readonly blockedSince: Instant | null;
  /** Restarts of Deployments for this node's drains, oldest first; the last 20 are kept. */
  readonly moves: readonly Move[];
  /** Of the order in force, or of the last one. */
  readonly hooks: readonly HookRun[];
  /** Of the order in force, or of the last one; null where nothing was drained yet. */
  readonly baseline: Baseline | null;
  readonly outcome: Outcome | null;
  /** Reboots ordered from this boot that did not happen; two of them hold the node until a retry. */
  readonly missed: number;
  /** Identities of the reasons for which the last reboot was ordered that came about. */
  readonly orderedFor: readonly string[];
  /** And those of the order in force, whether or not a reboot comes of it; empty until it is given. */
  readonly wantedFor: readonly string[];
  /** The boot that was seen last: one that nobody ordered shows by its change. */
  readonly bootId: BootId | null;
  /** Who released the node after it had failed, and the identities of the reasons that it is left alone for since. */
  readonly released: { readonly by: string; readonly reasons: readonly string[] } | null;
  /** The pool's mode when the slot was taken. */
  readonly mode: Mode | null;
  readonly history: readonly HistoryEntry[];
}

/** Under which policy the last order was given; null where that is not on record any more. */
export function orderedUnder({ history }: Pick<NodeReboot, "history">): UnderPolicy | null {
  const last = history.findLast(({ phase }) => phase === "rebooting")?.order;
  return history.find(({ phase, order }) => phase === "rebooting" && order === last) ?? null;
}
