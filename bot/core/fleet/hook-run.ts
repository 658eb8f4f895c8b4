import type { Instant } from "../instant.ts";

/** In the order in which they come. */
export const HOOK_STAGES = ["beforeDrain", "beforeReboot", "afterReboot"] as const;
export type HookStage = (typeof HOOK_STAGES)[number];

/** One run of a hook for the order in force. It is on record from when its Job was seen, so that it is never made again. */
export interface HookRun {
  readonly stage: HookStage;
  /** The hook's name in the policy. */
  readonly name: string;
  readonly namespace: string;
  readonly job: string;
  readonly state: "running" | "succeeded" | "failed";
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** Why it failed; empty while it hasn't. */
  readonly message: string;
  /** The last lines that it wrote, or why they can't be had. */
  readonly log: readonly string[];
}
