import { whatChanged } from "../core/decide/digest.ts";
import { shortHash } from "../core/fleet/order.ts";
import type { CardTarget } from "./view/card.ts";

const PARTS = 5;
const LENGTH = 6;

/**
 * What the decisions on a card are bound to, short enough for a block id: one hash for each part of the digests, over all
 * nodes of the card, so that what changed can be named. It goes with each button, so a click tells what its maker saw.
 */
const printOf = (targets: readonly CardTarget[]): string =>
  Array.from({ length: PARTS }, (_, part) =>
    shortHash(targets.map(({ node, digest }) => `${node} ${digest.split(".")[part] ?? ""}`)).slice(0, LENGTH),
  ).join(".");

/** The block ids of one sending of a card are its own, since Slack keeps what was typed under an id. */
export const blockId = (hash: string, targets: readonly CardTarget[], index: number): string =>
  `${hash}.${printOf(targets)}-${index}`;

/** What changed on a card since it showed what somebody saw (a block id without its number), in words; null when nothing did. */
export const changedSince = (seen: string, { targets }: { readonly targets: readonly CardTarget[] }): string | null =>
  whatChanged(seen.slice(seen.indexOf(".") + 1), printOf(targets));
