import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, ChatAnswer, Clock, Log, Stoppable } from "../coordinator/ports.ts";
import { shortHash } from "../core/fleet/order.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../core/instant.ts";
import { type ReferenceStore, References } from "./references.ts";
import type { Block, Card, Reference } from "./view/card.ts";
import { cardsOf } from "./view/cards.ts";

interface OutboxParts {
  readonly chat: Chat;
  readonly references: ReferenceStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Slack lets an app post about one message a second in a channel. */
const GAP: Duration = SECOND;
const BACK_OFF_FIRST: Duration = 2 * SECOND;
const BACK_OFF_MOST: Duration = 5 * MINUTE;

/** The message was deleted, or another app's token wrote it: the card is posted once again. */
const LOST = new Set(["message_not_found", "cant_update_message", "thread_not_found", "cannot_reply_to_message"]);
/** Slack refuses this message, and not the channel or the token: the other cards go on. */
const OF_ONE_CARD = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
  "edit_window_closed",
]);

/** Slack refuses this channel, and not the token: a slip in one pool's channel must not silence the others. */
const OF_ONE_CHANNEL = new Set([
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "is_inactive",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "team_access_not_granted",
]);

/** A card or a channel that Slack refused rests, longer each time. */
interface Rest {
  readonly until: Duration;
  readonly failures: number;
}

type Refused = ChatAnswer & { readonly ok: false };

/**
 * Makes Slack show what it should: one call at a time, the newest content only, and every message remembered before the next
 * is posted. One worker is enough for all channels: a board is edited about once a second at most. A post (a card's, or a
 * thread's line) whose answer was lost is made again after the back-off and may stand there twice; nothing else may.
 */
export class Outbox implements Stoppable {
  readonly #parts: OutboxParts;
  readonly #known: References;
  readonly #resting = new Map<string, Rest>();
  readonly #said = new Set<string>();
  #turn: Turn | null = null;
  #isBusy = false;
  #isStopped = false;
  #failures = 0;
  #notBefore: Instant = 0;
  #timer: Stoppable | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#known = new References(parts.references, parts.clock);
  }

  /** Only the leader posts; a replica that comes to lead first reads what the one before it posted. */
  show(turn: Turn): void {
    if (!turn.isLeader) this.#known.forgetAll();
    this.#turn = turn.isLeader ? turn : null;
    this.#wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.stop();
  }

  #wake(): void {
    if (this.#isBusy || this.#isStopped || this.#turn === null) return;
    const rest = this.#notBefore - this.#parts.clock.monotonic();
    if (rest > 0) {
      this.#wakeAfter(rest);
      return;
    }
    this.#isBusy = true;
    const worked = this.#work().catch((error: unknown) => {
      this.#sayOnce("slack view failed", { why: error instanceof Error ? error.message : String(error) });
      return this.#backOff();
    });
    void worked.then((delay) => {
      this.#isBusy = false;
      if (delay === null) return;
      this.#notBefore = this.#parts.clock.monotonic() + delay;
      this.#wake();
    });
  }

  #wakeAfter(delay: Duration): void {
    this.#timer?.stop();
    this.#timer = this.#parts.clock.after(delay, () => this.#wake());
  }

  /** Does one thing. How long to wait before the next; null when there is nothing to do. */
  async #work(): Promise<Duration | null> {
    const trouble = await this.#known.settle();
    if (trouble !== null) {
      this.#sayOnce("slack references not kept", { why: trouble });
      return this.#backOff();
    }
    const turn = this.#turn;
    if (turn === null) return null;
    const cards = cardsOf(turn, this.#known.all());
    for (const card of cards) {
      if (this.#restOf(card) > 0) continue;
      const answer = await this.#bring(card);
      if (answer === "as it should be") continue;
      return answer.ok ? this.#succeeded(card) : this.#refused(card, answer);
    }
    const rests = cards.map((card) => this.#restOf(card)).filter((rest) => rest > 0);
    if (rests.length > 0) this.#wakeAfter(Math.min(...rests));
    return null;
  }

  #restOf(card: Card): Duration {
    const until = (what: string): Duration => this.#resting.get(what)?.until ?? 0;
    return Math.max(until(ofCard(card)), until(ofChannel(card))) - this.#parts.clock.monotonic();
  }

  async #bring(card: Card): Promise<ChatAnswer | "as it should be"> {
    const known = this.#known.get(card.key);
    // What a decision is bound to counts as content: it must not be remembered later than it is shown.
    const hash = shortHash([card.text, JSON.stringify(card.blocks), JSON.stringify(card.targets)]);
    if (known === undefined || known.channel !== card.channel)
      return card.isOpen ? this.#post(card, hash) : "as it should be";
    if (known.hash !== hash || known.isOpen !== card.isOpen) return this.#update(card, known, hash);
    if (card.alert !== null && known.alerted !== card.alert.key) return this.#alert(card, known, card.alert);
    return "as it should be";
  }

  async #post(card: Card, hash: string): Promise<ChatAnswer> {
    const { chat, clock, log } = this.#parts;
    const { key, kind, channel, targets, alert, isOpen, text } = card;
    const answer = await chat.post({ channel, text, blocks: withIds(card.blocks, hash) });
    if (!answer.ok) return answer;
    // The post itself notifies those whom it mentions.
    const alerted = alert?.key ?? null;
    await this.#known.put({ key, kind, channel, ts: answer.ts, hash, targets, alerted, isOpen, at: clock.now() });
    if (kind === "board") {
      // A channel may hold no more pins, or the scope be missing; the board is there all the same.
      const pinned = await chat.pin(channel, answer.ts);
      if (!pinned.ok) log.warn("slack board not pinned", { channel, error: pinned.error });
    }
    return answer;
  }

  async #update(card: Card, known: Reference, hash: string): Promise<ChatAnswer> {
    const { chat, clock } = this.#parts;
    const { channel, ts } = known;
    const answer = await chat.update({ channel, ts, text: card.text, blocks: withIds(card.blocks, hash) });
    if (!answer.ok) return this.#unlessLost(known, answer);
    const { targets, isOpen } = card;
    // A card that needed nobody for a while alerts again when it next does, though for the same reason.
    const alerted = card.alert === null ? null : known.alerted;
    await this.#known.put({ ...known, hash, targets, isOpen, alerted, at: clock.now() });
    return answer;
  }

  async #alert(card: Card, known: Reference, alert: NonNullable<Card["alert"]>): Promise<ChatAnswer> {
    const { channel, ts: threadTs } = known;
    const broadcast = card.kind === "failed";
    const answer = await this.#parts.chat.post({ channel, threadTs, text: alert.says, blocks: [], broadcast });
    if (!answer.ok) return this.#unlessLost(known, answer);
    await this.#known.put({ ...known, alerted: alert.key });
    return answer;
  }

  async #unlessLost(known: Reference, answer: Refused): Promise<ChatAnswer> {
    if (!LOST.has(answer.error)) return answer;
    await this.#known.drop(known.key);
    return { ok: true, ts: known.ts };
  }

  #succeeded(card: Card): Duration {
    this.#failures = 0;
    this.#said.clear();
    this.#resting.delete(ofCard(card));
    this.#resting.delete(ofChannel(card));
    return GAP;
  }

  #refused(card: Card, { error, retryAfterSeconds }: Refused): Duration {
    const { key, channel } = card;
    // Said when it begins: the others' success must not make it said again at each try.
    if (OF_ONE_CARD.has(error)) {
      const isFirst = this.#rest(ofCard(card));
      if (isFirst) this.#parts.log.warn("slack does not take a card", { card: key, channel, error });
      return GAP;
    }
    if (OF_ONE_CHANNEL.has(error)) {
      const isFirst = this.#rest(ofChannel(card));
      if (isFirst) this.#parts.log.warn("slack does not take a channel", { channel, error });
      return GAP;
    }
    this.#sayOnce("slack does not take it", { channel, error });
    return retryAfterSeconds === undefined ? this.#backOff() : retryAfterSeconds * SECOND;
  }

  /** Whether this is the first refusal since it last went well. */
  #rest(what: string): boolean {
    const failures = (this.#resting.get(what)?.failures ?? 0) + 1;
    this.#resting.set(what, { until: this.#parts.clock.monotonic() + pauseAfter(failures - 1), failures });
    return failures === 1;
  }

  /** The same trouble is said again only after something went well. */
  #sayOnce(event: string, fields: Readonly<Record<string, string>>): void {
    const key = `${event} ${Object.values(fields).join(" ")}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#parts.log.warn(event, fields);
  }

  #backOff(): Duration {
    const pause = pauseAfter(this.#failures);
    this.#failures += 1;
    return pause;
  }
}

const ofCard = ({ key }: Card): string => `card ${key}`;
const ofChannel = ({ channel }: Card): string => `channel ${channel}`;

const pauseAfter = (failures: number): Duration =>
  Math.min(BACK_OFF_FIRST * 2 ** Math.min(failures, 16), BACK_OFF_MOST);

/** Slack keeps what a person typed or chose under a block id, so each content has its own; a click tells by it what was seen. */
function withIds(blocks: readonly Block[], hash: string): readonly Block[] {
  return blocks.map((block, index) => ({ ...block, block_id: `${hash}-${index}` }));
}
