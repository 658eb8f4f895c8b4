import type { Instant } from "../instant.ts";
import type { OrderId } from "./node.ts";

/** A Job that Bootswain made of a suspended CronJob. */
export interface Job {
  readonly namespace: string;
  readonly name: string;
  /** For which it was made; null where that can't be read. */
  readonly order: OrderId | null;
  readonly startedAt: Instant;
  readonly state: "running" | "succeeded" | "failed";
  /** Why it failed, in the controller's words or ours; empty while it hasn't. */
  readonly message: string;
}
