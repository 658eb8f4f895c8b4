import type { Instant } from "../instant.ts";
import type { Movable } from "./diagnosis.ts";
import type { OrderId } from "./node.ts";

/**
 * `moving`: the Deployment is restarted, and its replacement is awaited. `moved`: the pods have left. `restoring`: they have
 * not in time, so the restart is being taken back; `restored`: it was. `refused`: it was never made.
 */
export const MOVE_STATES = ["moving", "moved", "restoring", "restored", "refused"] as const;

/** A restart of a Deployment, made so that its pods come up on another node before they leave this one. */
export interface Move {
  readonly order: OrderId;
  /** With the restart that stood in its template before. */
  readonly deployment: Movable;
  /** What is written into the template as the time of the restart. */
  readonly at: Instant;
  /** UIDs of its pods on the node. */
  readonly pods: readonly string[];
  readonly state: (typeof MOVE_STATES)[number];
}

/** What this bot knows of the write that makes a move, or takes it back. */
export type MoveResult =
  | { readonly kind: "restarted" | "restored" }
  /** `why` is a whole sentence. */
  | { readonly kind: "refused"; readonly why: string };

/** One move of a Deployment for an order: there is never a second. */
export const moveKey = ({ order, deployment }: Pick<Move, "order" | "deployment">): string =>
  `${order}/${deployment.uid}`;
