import type { Hold } from "../holds/hold.ts";
import type { Instant } from "../instant.ts";
import type { Mode } from "../policy/policy.ts";
import type { Move } from "./move.ts";
import type { BootId, NodeName, NodeUid, OrderId } from "./node.ts";
import type { Phase, PhaseKind, Refusal, YieldReason } from "./phase.ts";

/** One line of a node's own record, newest last; the last 20 are kept. */
export interface HistoryEntry {
  readonly at: Instant;
  readonly phase: PhaseKind;
  readonly order: OrderId | null;
  readonly says: string;
}

/** How the last attempt ended. */
export type Outcome =
  | { readonly kind: "rebooted"; readonly at: Instant; readonly took: number; readonly bootId: BootId }
  | { readonly kind: "yielded"; readonly at: Instant; readonly order: OrderId; readonly why: YieldReason };

/** What is stored of a hold: its sentence is computed on read. */
export type StoredHold = Pick<Hold, "kind" | "until">;

/** The NodeReboot resource: what Bootswain knows and does about one node. */
export interface NodeReboot {
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
  readonly outcome: Outcome | null;
  /** Reboots ordered from this boot that did not happen; two of them hold the node until a retry. */
  readonly missed: number;
  /** Identities of the reasons for which the last order was given. */
  readonly orderedFor: readonly string[];
  /** The pool's mode when the slot was taken. */
  readonly mode: Mode | null;
  readonly policyCommit: string | null;
  readonly history: readonly HistoryEntry[];
}
