import { DAY, type Duration, HOUR, MINUTE, SECOND } from "./instant.ts";

/** All times that are not policy. Tests set them with --timings FILE. */
export interface Timings {
  /** How long an agent may take to say ready before the slot is given back. */
  readonly handshake: Duration;
  readonly heartbeat: Duration;
  /** An agent whose last heartbeat is older than this is silent. */
  readonly agentSilent: Duration;
  /** An order's notAfter is this long after it was given. */
  readonly orderValid: Duration;
  /** Added to notAfter before an order that the agent did not drop counts as dead. */
  readonly orderMargin: Duration;
  readonly leaseDuration: Duration;
  readonly leaseRenew: Duration;
  /** The deadline of one API call; shorter than what is left of the lease when it is made. */
  readonly callDeadline: Duration;
  /** A refused eviction is tried again after this long, or at once when its budget changes. */
  readonly evictAgain: Duration;
  /** A pod that is still there for so long after its grace is named as one that does not end. */
  readonly stuckTerminating: Duration;
  /** A slot is taken, and a blocked node looked at again, on a check of its pods that is no older than this. */
  readonly checkValid: Duration;
  /** How old the check of a node may become that waits for its window or for people. */
  readonly checkAhead: Duration;
  /** How long volumes may stay attached after the last pod has left. */
  readonly volumesMost: Duration;
  /** How long a deleted pod or an unanswered write may stay unseen before it is read afresh. */
  readonly readAgain: Duration;
  /** An approval is asked for once a node has been pending for this long. */
  readonly askApprovalAfter: Duration;
  /** An approval that is still missing is asked for once more so long before the window opens. */
  readonly askAgainBefore: Duration;
  /** A blocked card is posted once only refused pods have been left for this long. */
  readonly showBlockedAfter: Duration;
  /** Longest pause between two attempts of the same thing that failed. */
  readonly backoffMost: Duration;
  readonly policyPoll: Duration;
  /** How often the gates are read while a node is under way or could go. */
  readonly gateEvery: Duration;
  /** What was read of a gate counts for so long. */
  readonly gateValid: Duration;
  /** How often Slack is asked about someone whose decision still matters. */
  readonly peopleEvery: Duration;
  /** A judged decision is deleted after so long, unless it has an effect still. */
  readonly decisionsKept: Duration;
}

export const DEFAULT_TIMINGS: Timings = {
  handshake: 60 * SECOND,
  heartbeat: 10 * MINUTE,
  agentSilent: 25 * MINUTE,
  orderValid: 5 * MINUTE,
  orderMargin: 60 * SECOND,
  leaseDuration: 30 * SECOND,
  leaseRenew: 10 * SECOND,
  callDeadline: 10 * SECOND,
  evictAgain: 15 * SECOND,
  stuckTerminating: MINUTE,
  checkValid: 5 * MINUTE,
  checkAhead: HOUR,
  volumesMost: 2 * MINUTE,
  readAgain: 10 * SECOND,
  askApprovalAfter: 10 * MINUTE,
  askAgainBefore: 4 * HOUR,
  showBlockedAfter: 60 * SECOND,
  backoffMost: MINUTE,
  policyPoll: MINUTE,
  gateEvery: 30 * SECOND,
  gateValid: 2 * MINUTE,
  peopleEvery: 5 * MINUTE,
  decisionsKept: 30 * DAY,
};

/** The retry pause of a yielded node never doubles beyond this. */
export const RETRY_AFTER_MOST: Duration = 6 * HOUR;

/** For how long people's \`now\` stands in for an open window. */
export const NOW_VALID: Duration = 2 * HOUR;
