import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, Clock, Decisions, Log, SlackPeople } from "../coordinator/ports.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { ReferenceStore } from "./references.ts";

export interface DeskParts {
  readonly clusterName: string;
  readonly decisions: Decisions;
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly references: ReferenceStore;
  /** What was decided last; null before the first turn. */
  readonly turn: () => Turn | null;
  readonly clock: Clock;
  readonly log: Log;
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
