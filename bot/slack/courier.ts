import type { Chat, ChatAnswer, Clock, Log } from "../coordinator/ports.ts";
import { shortHash } from "../core/fleet/order.ts";
import { type Duration, HOUR, type Instant, MINUTE, SECOND } from "../core/instant.ts";
import type { Method } from "./pace.ts";
import { blockId } from "./print.ts";
import type { Posting, References, Remembered } from "./references.ts";
import { aboutOf, isRateLimit, isUncertain, wordsOf } from "./trouble.ts";
import type { Block, Card } from "./view/card.ts";
import { callingNobody } from "./view/mentions.ts";

/** The one thing to do next so that Slack shows a card as it should be. */
export type Errand =
  | { readonly kind: "post"; readonly card: Card; readonly hash: string }
  | { readonly kind: "update"; readonly card: Card; readonly hash: string; readonly known: Remembered }
  | { readonly kind: "pin"; readonly card: Card; readonly known: Remembered }
  | { readonly kind: "alert"; readonly card: Card; readonly known: Remembered; readonly alert: Alert }
  /** A post was under way, in this life or an earlier one, and nobody knows whether it arrived. */
  | { readonly kind: "find"; readonly card: Card; readonly known: Remembered; readonly posting: Posting };

type Alert = NonNullable<Card["alert"]>;
type Refused = ChatAnswer & { readonly ok: false };

/** `not kept`: the cluster did not take what must be remembered first, and nothing was sent. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly method: Method; readonly answer: Refused }
  | { readonly kind: "not kept"; readonly why: string };

interface CourierParts {
  readonly chat: Chat;
  readonly known: References;
  readonly clock: Clock;
  readonly log: Log;
}

const METHODS = {
  post: "chat.postMessage",
  update: "chat.update",
  pin: "pins.add",
  alert: "chat.postMessage",
  find: "conversations.history",
} as const satisfies Record<Errand["kind"], Method>;

export const methodOf = ({ kind }: Errand): Method => METHODS[kind];

/** Slack's clock and the cluster's may differ by so much. */
const CLOCKS_APART: Duration = 10 * MINUTE;
/** So often a look for a lost post is tried, about ten minutes: a second card is worse than a late one, but none at all is worst. */
const LOOKS = 8;
/** Where edits are allowed for a short time only, a card is posted anew at most this often. */
const ANEW_AFTER: Duration = HOUR;
/** A process may stand still for minutes and believe what it knew before: then it looks again instead of posting. */
const SENT_WITHIN: Duration = 10 * SECOND;
/** A post is sent, and answered or given up, within this: until then it may be under way, from another replica too. */
const LANDS_WITHIN: Duration = SENT_WITHIN + 15 * SECOND;
const DONE: Outcome = { kind: "done" };

/** From when on it makes sense to look whether a post arrived. */
export const canBeFound = ({ since }: Posting): Instant => since + LANDS_WITHIN;

/** What a card still wants; null when Slack shows it as it should be. */
export function errandFor(card: Card, known: Remembered | undefined): Errand | null {
  const hash = hashOf(card);
  if (known === undefined || known.channel !== card.channel) return card.isOpen ? { kind: "post", card, hash } : null;
  const { posting } = known;
  if (posting !== null) return { kind: "find", card, known, posting };
  if (known.hash !== hash || known.isOpen !== card.isOpen) return { kind: "update", card, hash, known };
  if (card.kind === "board" && card.isOpen && !known.isPinned) return { kind: "pin", card, known };
  const { alert } = card;
  return alert !== null && known.alerted !== alert.key ? { kind: "alert", card, known, alert } : null;
}

/**
 * Runs errands. Each post is remembered before it is made, with a key that goes with the message: when its answer is lost, or
 * the bot dies in between, the message is found by the key and adopted, and none is posted twice.
 */
export class Courier {
  readonly #parts: CourierParts;
  readonly #looks = new Map<string, number>();
  #hasSaidBlind = false;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  run(errand: Errand): Promise<Outcome> {
    switch (errand.kind) {
      case "post":
        return this.#post(errand.card, errand.hash);
      case "update":
        return this.#update(errand);
      case "pin":
        return this.#pin(errand.known);
      case "alert":
        return this.#alert(errand.card, errand.known, errand.alert);
      case "find":
        return this.#find(errand);
      default:
        return errand satisfies never;
    }
  }

  async #post(card: Card, hash: string): Promise<Outcome> {
    const { known, clock } = this.#parts;
    const { key, kind, channel, targets, alert, isOpen } = card;
    const at = clock.now();
    const before = known.get(key) ?? null;
    const posting = { key: `${key} ${at}`, since: at, alert: null };
    // The post itself notifies those whom it mentions.
    const shown = { key, kind, channel, ts: "", hash, targets, alerted: alert?.key ?? null, isOpen, at };
    return this.#remembered({ ...shown, posting, isPinned: false }, before, () => this.#send(card, posting, before));
  }

  /** Nothing is sent that was not remembered; what another replica is posting is looked at again. */
  async #remembered(intent: Remembered, before: Remembered | null, send: () => Promise<Outcome>): Promise<Outcome> {
    const began = this.#parts.clock.monotonic();
    const claim = await this.#parts.known.claim(intent, before);
    if (claim === "claimed") return this.#isFresh(began) ? send() : DONE;
    return claim === "lost" ? DONE : { kind: "not kept", why: claim.why };
  }

  #isFresh(began: Duration): boolean {
    return this.#parts.clock.monotonic() - began < SENT_WITHIN;
  }

  async #send(wanted: Card, posting: Posting, before: Remembered | null): Promise<Outcome> {
    const { chat, clock, known } = this.#parts;
    // A board needs nobody: a person is named in it by the edit after this, which calls nobody.
    const card = wanted.kind === "board" ? callingNobody(wanted) : wanted;
    const { key, channel, text, targets, isOpen } = card;
    const hash = hashOf(card);
    const answer = await chat.post({ channel, text, blocks: withIds(card, hash), key: posting.key });
    const intent = known.get(key);
    if (!answer.ok || intent === undefined) {
      if (!answer.ok && intent !== undefined && !isUncertain(answer.error)) known.change(intent, before);
      return outcomeOf("chat.postMessage", answer);
    }
    const alerted = card.alert?.key ?? null;
    await known.put(
      { ...intent, ts: answer.ts, hash, targets, isOpen, alerted, at: clock.now(), posting: null },
      intent,
    );
    return DONE;
  }

  async #update({ card, known: before, hash }: Errand & { readonly kind: "update" }): Promise<Outcome> {
    const { chat, clock, known } = this.#parts;
    const { channel, ts } = before;
    const answer = await chat.update({ channel, ts, text: card.text, blocks: withIds(card, hash) });
    if (!answer.ok) return this.#unlessLost("chat.update", before, answer);
    const { targets, isOpen } = card;
    // A card that needed nobody for a while alerts again when it next does, though for the same reason.
    const alerted = card.alert === null ? null : before.alerted;
    await known.put({ ...before, hash, targets, isOpen, alerted, at: clock.now() }, before);
    return DONE;
  }

  async #pin(before: Remembered): Promise<Outcome> {
    const answer = await this.#parts.chat.pin(before.channel, before.ts);
    if (!answer.ok && answer.error !== "already_pinned") return this.#unlessLost("pins.add", before, answer);
    await this.#parts.known.put({ ...before, isPinned: true }, before);
    return DONE;
  }

  #alert(card: Card, before: Remembered, alert: Alert): Promise<Outcome> {
    const since = this.#parts.clock.now();
    const posting = { key: `${card.key} ${alert.key} ${since}`, since, alert: alert.key };
    return this.#remembered({ ...before, posting }, before, () => this.#say(card, before, alert, posting));
  }

  async #say(card: Card, before: Remembered, alert: Alert, posting: Posting): Promise<Outcome> {
    const { chat, known } = this.#parts;
    const { channel, ts: threadTs } = before;
    const broadcast = card.kind === "failed";
    const line = { channel, threadTs, text: alert.says, blocks: [], broadcast, key: posting.key };
    const answer = await chat.post(line);
    if (!answer.ok) {
      if (!isUncertain(answer.error)) known.change(before, { ...before, posting: null });
      return this.#unlessLost("chat.postMessage", before, answer);
    }
    await known.put({ ...before, alerted: posting.alert, posting: null }, before);
    return DONE;
  }

  async #find({ card, known: before, posting }: Errand & { readonly kind: "find" }): Promise<Outcome> {
    const { chat, clock, known } = this.#parts;
    const { channel, ts } = before;
    const began = clock.monotonic();
    const thread = ts === "" ? {} : { threadTs: ts };
    const answer = await chat.find({ channel, key: posting.key, since: posting.since - CLOCKS_APART, ...thread });
    if (!answer.ok && aboutOf(answer.error) === "message")
      return this.#unlessLost("conversations.history", before, answer);
    if (!answer.ok && !this.#isBlind(before.key, answer)) return outcomeOf("conversations.history", answer);
    this.#looks.delete(before.key);
    const found = answer.ok ? answer.ts : "";
    if (found === "") return this.#isFresh(began) ? this.#postAgain(card, before, posting) : DONE;
    // Of a card that was tried twice nobody knows which content arrived: it is edited once.
    const adopted = posting.alert === null ? { ts: found, hash: "" } : { alerted: posting.alert };
    await known.put({ ...before, ...adopted, posting: null }, before);
    return DONE;
  }

  /** Whether it is no use to look on: the app may not read the channel, or too many looks failed. */
  #isBlind(key: string, { error, needed }: Refused): boolean {
    const about = aboutOf(error);
    if (about === "channel" || isRateLimit(error)) return false;
    if (about === "app" && error !== "missing_scope") return false;
    const looks = (this.#looks.get(key) ?? 0) + 1;
    this.#looks.set(key, looks);
    if (error !== "missing_scope") return looks >= LOOKS;
    if (!this.#hasSaidBlind) {
      const says = `${wordsOf({ error, needed })} Until then a message whose answer was lost can't be found again, and may stand there twice.`;
      this.#parts.log.warn("slack can't look for a message", { error, says });
    }
    this.#hasSaidBlind = true;
    return true;
  }

  /** With the same key, so that each of several tries is found. */
  #postAgain(card: Card, before: Remembered, posting: Posting): Promise<Outcome> {
    const { known } = this.#parts;
    if (posting.alert === null) {
      if (card.isOpen) return this.#send(card, posting, null);
      return known.drop(before).then(() => DONE);
    }
    if (card.alert?.key === posting.alert) return this.#say(card, before, card.alert, posting);
    // What was to be said is out of date.
    return known.put({ ...before, posting: null }, before).then(() => DONE);
  }

  async #unlessLost(method: Method, before: Remembered, answer: Refused): Promise<Outcome> {
    const isOld = this.#parts.clock.now() - Number(before.ts) * 1_000 >= ANEW_AFTER;
    const isLost = aboutOf(answer.error) === "message" || (answer.error === "edit_window_closed" && isOld);
    if (!isLost) return { kind: "refused", method, answer };
    await this.#parts.known.drop(before);
    return DONE;
  }
}

/** What a decision is bound to counts as content: it must not be remembered later than it is shown. */
const hashOf = ({ text, blocks, targets }: Card): string =>
  shortHash([text, JSON.stringify(blocks), JSON.stringify(targets)]);

const outcomeOf = (method: Method, answer: ChatAnswer): Outcome =>
  answer.ok ? DONE : { kind: "refused", method, answer };

const withIds = ({ blocks, targets }: Card, hash: string): readonly Block[] =>
  blocks.map((block, index) => ({ ...block, block_id: blockId(hash, targets, index) }));
