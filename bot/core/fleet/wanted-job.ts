import type { Duration } from "../instant.ts";

/** Where a Job's pod runs: wherever there is room, on the node that the order is for, or on any other. */
export type JobPlace = "anywhere" | "on the node" | "elsewhere";

/** A Job to be made of a suspended CronJob. */
export interface WantedJob {
  /** As namespace/name. */
  readonly cronJob: string;
  readonly namespace: string;
  /** The same for the same order and purpose, so that it runs at most once however often it is asked for. */
  readonly name: string;
  readonly timeout: Duration;
  readonly place: JobPlace;
}
