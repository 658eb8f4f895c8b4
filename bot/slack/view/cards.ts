import type { Turn } from "../../coordinator/coordinator.ts";
import { approvalCards } from "./approval.ts";
import { blockedCards } from "./blocked.ts";
import { board, endedBoard } from "./board.ts";
import type { Card, Reference } from "./card.ts";
import { channelsOf } from "./channels.ts";
import { failedCards } from "./failed.ts";
import { overdueCards } from "./overdue-card.ts";

/** Everything that Slack should show now. Pure: what was posted before comes in, and nothing goes out but data. */
export function cardsOf(turn: Turn, references: readonly Reference[]): readonly Card[] {
  const { policy } = turn;
  if (policy === undefined) return [];
  const openOf = (kind: Reference["kind"]): readonly Reference[] =>
    references.filter((one) => one.kind === kind && one.isOpen);
  const channels = channelsOf(policy);
  const left = openOf("board").filter(({ channel }) => !channels.includes(channel));
  return [
    ...failedCards(turn, policy, openOf("failed")),
    ...approvalCards(turn, policy, references),
    ...blockedCards(turn, policy, openOf("blocked")),
    ...overdueCards(turn, policy, openOf("overdue")),
    ...channels.map((channel) => board(turn, policy, channel, references)),
    ...left.map((reference) => endedBoard(policy, reference)),
  ];
}
