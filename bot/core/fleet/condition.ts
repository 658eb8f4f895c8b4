import type { Instant } from "../instant.ts";

/** What the bot stands on, and may lack, without that stopping it. */
export const CONDITION_TYPES = ["AdmissionMissing", "SlackConnected", "PullRequestsAnswered"] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

/** How one of them is now, with a sentence for people: what is lost while it is not well, and what to do. */
export interface Observation {
  readonly type: ConditionType;
  readonly isTrue: boolean;
  readonly says: string;
}

/** As it is kept in RebootFleet. */
export interface Condition extends Observation {
  /** Since when it has been true, or not true. */
  readonly since: Instant;
}
