import type { Instant } from "../instant.ts";
import type { Movable } from "./diagnosis.ts";
import type { NodeUid, OrderId } from "./node.ts";
import type { Pod } from "./pod.ts";
import type { EvictionAnswer } from "./snapshot.ts";

/** A look at what a drain of one node would meet: its pods, and what dry-run evictions of them were answered. */
export interface Check {
  readonly nodeUid: NodeUid;
  /** The drain that it was made for, after that drain's cordon; null before any. */
  readonly order: OrderId | null;
  readonly at: Instant;
  /** Why the pods could not be looked at, with nothing known then; null when they were. */
  readonly problem: string | null;
  /** Without the bot's own: those never stand in a drain's way. */
  readonly pods: readonly Pod[];
  /** Answers other than yes, by the pod's UID. */
  readonly answers: ReadonlyMap<string, EvictionAnswer>;
  /** By the UIDs of pods that could be moved: those that are refused for good, and those that a rule moves. */
  readonly movable: ReadonlyMap<string, Movable>;
}
