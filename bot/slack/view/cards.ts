import type { Turn } from "../../coordinator/coordinator.ts";
import { approval, newWaves } from "./approval.ts";
import { blockedCards } from "./blocked.ts";
import { board } from "./board.ts";
import type { Card, Reference } from "./card.ts";
import { failedCards } from "./failed.ts";

/** Everything that Slack should show now. Pure: what was posted before comes in, and nothing goes out but data. */
export function cardsOf(turn: Turn, references: readonly Reference[]): readonly Card[] {
  const { policy } = turn;
  if (policy === undefined || policy.slackChannel === null) return [];
  const open = references.filter(({ isOpen, channel }) => isOpen && channel === policy.slackChannel);
  const of = (kind: Reference["kind"]): readonly Reference[] => open.filter((reference) => reference.kind === kind);
  return [
    ...failedCards(turn, policy, of("failed")),
    ...of("approval").map((reference) => approval(turn, policy, reference)),
    ...newWaves(turn, policy, of("approval")),
    ...blockedCards(turn, policy, of("blocked")),
    board(turn, policy, policy.slackChannel),
  ];
}
