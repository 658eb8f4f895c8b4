import type { PhaseOf } from "../../core/fleet/phase.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { MINUTE } from "../../core/instant.ts";
import { aReboot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aBudget, aRefusal } from "../../core/testing/pods.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import type { Card, Reference } from "../view/card.ts";

export const APPROVAL = aPolicy({ pools: [aPool({ name: "control-plane", mode: "approval" })] });

/** A card as it is remembered when it was posted. */
export const referenceOf = ({ key, kind, channel, targets, isOpen }: Card): Reference => ({
  key,
  kind,
  channel,
  targets,
  isOpen,
  ts: "1.1",
  hash: "",
  alerted: null,
  at: NOW,
});

export function only(cards: readonly Card[], kind: Card["kind"]): Card {
  const [card, ...more] = cards.filter((one) => one.kind === kind);
  if (card === undefined || more.length > 0) throw new Error(`${more.length + 1} cards of kind ${kind}`);
  return card;
}

export const allText = ({ blocks }: Card): string =>
  blocks
    .map((block) => JSON.stringify(block))
    .join("\n")
    .replaceAll("\\n", "\n")
    .replaceAll('\\"', '"');
export const buttonsOn = (card: Card): readonly string[] =>
  [...allText(card).matchAll(/"plain_text","text":"([^"]+)"/g)].map((match) => match[1] ?? "");

/** It gave up a minute ago, since web/web allowed no eviction. */
export const blockedReboot = (changes: Partial<NodeReboot> = {}): NodeReboot =>
  aReboot({
    outcome: { kind: "yielded", at: NOW - MINUTE, order: "o1", why: { kind: "blocked", refused: [aRefusal()] } },
    retryAt: NOW + 20 * MINUTE,
    blockers: [aRefusal()],
    blockedSince: NOW - 16 * MINUTE,
    tries: 1,
    triesSince: NOW - MINUTE,
    ...changes,
  });

export const failedPhase: PhaseOf<"failed"> = {
  kind: "failed",
  order: "o1",
  fromBootId: "boot-1",
  notAfter: NOW - 10 * MINUTE,
  since: NOW,
  cause: { kind: "did not come back", calledAt: NOW - 15 * MINUTE },
  freed: false,
};

/** And web/web allows none now. */
export const STUCK = { budgets: [aBudget()] };

/** What a reader sees, block by block: texts as they are, buttons in brackets. */
export function seen({ blocks }: Card): readonly string[] {
  return blocks.flatMap((block) => {
    const texts = textsOf(block["type"] === "actions" ? block["elements"] : [block["text"], block["elements"]]);
    return block["type"] === "actions"
      ? [texts.map((text) => `[${text}]`).join(" ")]
      : texts.flatMap((text) => text.split("\n"));
  });
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  const text: unknown = Reflect.get(value, "text");
  return typeof text === "string" ? [text] : textsOf(text);
}
