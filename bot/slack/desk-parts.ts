import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, Clock, Decisions, Log, SlackPeople } from "../coordinator/ports.ts";
import type { Proposals } from "../coordinator/proposals.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { ReferenceStore } from "./references.ts";

export interface DeskParts {
  readonly clusterName: string;
  readonly decisions: Decisions;
  readonly proposals: Proposals;
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly references: ReferenceStore;
  /** What was decided last; null before the first turn. */
  readonly turn: () => Turn | null;
  /** Resolves with the first turn. */
  readonly begun: Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const BEGUN_WITHIN: Duration = 20 * SECOND;

/**
 * A bot that has just started knows nothing for some seconds. What it is told then may be a message that came again, and it
 * must not say that nothing was decided.
 */
export function untilBegun({ turn, begun, clock }: DeskParts): Promise<void> {
  if (turn() !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.after(BEGUN_WITHIN, resolve);
    void begun.then(() => {
      timer.stop();
      resolve();
    });
  });
}

/** A turn that can be answered from. */
export type Known = Turn & { readonly policy: Policy };

const NOT_READY = "I have just started and don't know the policy yet. Nothing was decided; try again in a minute.";
const NO_POLICY = "No policy is in force, so nobody may decide. See why on the board.";

/** What is known now, or the sentence that says why nothing is. */
export function knownTo({ turn }: DeskParts): Known | string {
  const now = turn();
  if (now === null) return NOT_READY;
  const { policy } = now;
  return policy === undefined ? NO_POLICY : { ...now, policy };
}
