import type { CardKind, Reference } from "./card.ts";

/**
 * " → card", as a link where the card's message is known. Without the workspace's domain, which the token does not tell:
 * Slack leads slack.com/archives on to the workspace that the reader is signed in to. (`app_redirect` opens channels only.)
 */
export function cardLink(
  known: readonly Reference[],
  { kind, channel, base }: { readonly kind: CardKind; readonly channel: string; readonly base: string },
): string {
  const card = known.find(
    (one) => one.kind === kind && one.channel === channel && one.isOpen && one.key.startsWith(base),
  );
  const isSafe = card !== undefined && /^[A-Z0-9]+$/.test(card.channel) && /^\d+\.\d+$/.test(card.ts);
  return isSafe
    ? ` → <https://slack.com/archives/${card.channel}/p${card.ts.replace(".", "")}|card>`
    : ", see its card";
}
