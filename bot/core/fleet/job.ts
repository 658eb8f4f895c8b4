import type { Instant } from "../instant.ts";

/** A Job that Bootswain made of a suspended CronJob. */
export interface Job {
  readonly namespace: string;
  readonly name: string;
  readonly startedAt: Instant;
  readonly state: "running" | "succeeded" | "failed";
  /** Why it failed, in the controller's words or ours; empty while it hasn't. */
  readonly message: string;
}
