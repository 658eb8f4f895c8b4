import type { Card, Reference } from "./card.ts";
import { escaped, fallback, section } from "./mrkdwn.ts";

/** One message of a card: its key and where it stands. */
export type Place = Pick<Reference, "key" | "channel">;

interface Wanted {
  /** The same for the same card, whichever channel it stands in. */
  readonly base: string;
  /** Where it belongs now; null is nowhere. */
  readonly channel: string | null;
  readonly draw: (place: Place) => Card;
}

const newKey = (base: string, channel: string): string => `${base}-${channel}`;

/** The card that a message is of. A key without a channel is from a version that knew one channel only. */
export const baseOf = ({ key, channel }: Place): string =>
  key.endsWith(`-${channel}`) ? key.slice(0, -(channel.length + 1)) : key;

/**
 * A card in the channel where it belongs, and what becomes of its messages in others. An old message stays what it is until
 * the new one stands: a channel that the bot was never invited to must not swallow a question.
 */
export function placed({ base, channel, draw }: Wanted, open: readonly Reference[]): readonly Card[] {
  const standing = open.filter((reference) => baseOf(reference) === base);
  const here = standing.find((reference) => reference.channel === channel);
  // What is over needs no new message to say so.
  const current = (channel === null ? [] : [draw({ key: here?.key ?? newKey(base, channel), channel })]).filter(
    ({ isOpen }) => isOpen || here !== undefined,
  );
  const isReplaced = channel === null || here !== undefined;
  const others = standing.filter((reference) => reference !== here);
  return [
    ...current,
    ...others.map((reference) => {
      const card = draw(reference);
      return isReplaced && card.isOpen ? movedAway(card, channel) : card;
    }),
  ];
}

/** Its last edit: nobody may decide on it any more. */
function movedAway(card: Card, to: string | null): Card {
  const title =
    to === null
      ? "↪ This card is shown nowhere now: the policy names no channel for it."
      : `↪ This card stands in <#${escaped(to)}> now.`;
  const about = card.text.split("\n")[0] ?? "";
  return {
    ...card,
    text: fallback(title, about),
    blocks: [section(`*${title}*\n${about}`)],
    targets: card.targets.map((target) => ({ ...target, isOver: true })),
    alert: null,
    isOpen: false,
  };
}
