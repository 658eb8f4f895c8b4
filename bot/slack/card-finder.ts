import type { Target, Verb } from "../core/fleet/decision.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import type { DeskParts } from "./desk-parts.ts";
import type { CardTarget, Reference } from "./view/card.ts";

/** A message stands in Slack a moment before it is remembered, and people can be quick. */
const REMEMBERED_WITHIN: Duration = 2 * SECOND;

export type Finding =
  | { readonly kind: "card"; readonly reference: Reference }
  | { readonly kind: "none" }
  | { readonly kind: "unreadable"; readonly says: string };

type Parts = Pick<DeskParts, "references" | "clock">;

/** The card that a message is; looked for twice where it is not found, or not `asWanted`, at once. */
export async function findCard(
  parts: Parts,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  asWanted: (reference: Reference) => boolean = () => true,
  within: Duration = REMEMBERED_WITHIN,
): Promise<Finding> {
  const found = await lookUp(parts, channel, ts);
  if (found.kind === "unreadable" || (found.kind === "card" && asWanted(found.reference))) return found;
  await new Promise<void>((resolve) => void parts.clock.after(within, resolve));
  return lookUp(parts, channel, ts);
}

async function lookUp({ references }: Parts, channel: string, ts: string): Promise<Finding> {
  const read = await references.read();
  if (!read.ok)
    return {
      kind: "unreadable",
      says: `I can't reach the cluster now (${read.why}). Nothing was decided; try again in a minute.`,
    };
  const reference = read.references.find((one) => one.channel === channel && one.ts === ts);
  return reference === undefined ? { kind: "none" } : { kind: "card", reference };
}

/** What is left to decide about on a card. */
export const leftOn = ({ targets }: Pick<Reference, "targets">): readonly CardTarget[] =>
  targets.filter(({ isOver }) => !isOver);

/** Only a force is bound to what blocks the node. */
export const targetFor = (verb: Verb, { node, digest }: CardTarget): Target => ({
  node,
  digest: verb === "force" ? digest : digest.replace(/\.[^.]*$/, "."),
});
