import type { Verb } from "../../core/fleet/decision.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import type { Instant } from "../../core/instant.ts";

export const CARD_KINDS = ["board", "approval", "blocked", "failed", "overdue"] as const;
export type CardKind = (typeof CARD_KINDS)[number];

/** A node on a card, with the digest of what the card shows of it: a decision made on the card is bound to that. */
export interface CardTarget {
  readonly node: NodeName;
  readonly digest: string;
  /** The card shows that nothing is left to decide about this node: a decision made on the card is not about it. */
  readonly isOver: boolean;
}

/** One message as it should stand in Slack now. */
export interface Card {
  /** Stays the same for as long as it is the same message. */
  readonly key: string;
  readonly kind: CardKind;
  readonly channel: string;
  /** The fallback: the first two lines. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly targets: readonly CardTarget[];
  /** Not null while the card needs a person, with a new key when it newly does; said in its thread, since edits notify nobody. */
  readonly alert: { readonly key: string; readonly says: string } | null;
  /** A closed card is edited a last time and then left alone. */
  readonly isOpen: boolean;
}

/** A card that was posted: what is remembered of it so that it is edited, and answered, as the same one. */
export interface Reference {
  readonly key: string;
  readonly kind: CardKind;
  readonly channel: string;
  readonly ts: string;
  /** Of the content that Slack shows. */
  readonly hash: string;
  readonly targets: readonly CardTarget[];
  readonly alerted: string | null;
  readonly isOpen: boolean;
  readonly at: Instant;
}

/** Block Kit as plain data. */
export type Block = Readonly<Record<string, unknown>>;

/** What a button can ask for: a decision, or only to be told how things stand. */
export type ButtonVerb = Verb | "look" | "details";

/** Slack takes 255 characters. The cluster is in it, since Slack gives each click to one of an app's connections. */
export const actionId = (verb: ButtonVerb, cluster: string, key: string): string =>
  `${verb}:${cluster}:${key}`.slice(0, 255).toWellFormed();

export function parseActionId(id: string): { readonly verb: string; readonly cluster: string; readonly key: string } {
  const [verb = "", cluster = "", ...key] = id.split(":");
  return { verb, cluster, key: key.join(":") };
}
