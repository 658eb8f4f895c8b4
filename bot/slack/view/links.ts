import type { PolicyOrigin } from "../../core/policy/origin.ts";
import { pagesOf, type UnderPolicy } from "../../core/policy/under-policy.ts";
import type { CardKind, Reference } from "./card.ts";
import { nameText } from "./mrkdwn.ts";

/** Of the room that a card has for all that it says. */
const LINK_MOST = 400;

/** Its signs are plain, so that nothing of it ends the link; a label that Slack might take for more than words stands alone. */
function pageLink(address: string | null, label: string): string {
  const link = `<${(address ?? "").replaceAll("&", "&amp;")}|${label}>`;
  const isFit = address !== null && link.length <= LINK_MOST && /^#?[0-9a-z]+$/i.test(label);
  return isFit ? link : nameText(label);
}

/** 3f2a9c1 (#42), each as a link where its page is known; `between` stands before the pull request. */
export function versionLinks(under: UnderPolicy, inForce: PolicyOrigin, between = ""): string | null {
  if (under.policyCommit === null) return null;
  const pages = pagesOf(inForce, under);
  const pull = under.policyPull === null ? "" : ` (${pageLink(pages.pull, `#${under.policyPull}`)})`;
  return `${pageLink(pages.commit, under.policyCommit.slice(0, 7))}${between}${pull}`;
}

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
