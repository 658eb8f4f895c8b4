import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, ChatAnswer, Clock, Log, Stoppable } from "../coordinator/ports.ts";
import { shortHash } from "../core/fleet/order.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../core/instant.ts";
import type { ReferenceStore } from "./references.ts";
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

/**
 * Makes Slack show what it should: one call at a time, the newest content only, and every message remembered before the next
 * is posted. A post whose answer was lost is made again and may stand there twice; nothing else may.
 */
export class Outbox implements Stoppable {
  readonly #parts: OutboxParts;
  readonly #known = new Map<string, Reference>();
  #version = "";
  #turn: Turn | null = null;
  #isLoaded = false;
  #isBusy = false;
  #isStopped = false;
  #failures = 0;
  #saidTrouble = "";
  #notBefore: Instant = 0;
  #timer: Stoppable | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Only the leader posts; a replica that comes to lead first reads what the one before it posted. */
  show(turn: Turn): void {
    if (!turn.isLeader) this.#isLoaded = false;
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
    this.#timer?.stop();
    if (rest > 0) {
      this.#timer = this.#parts.clock.after(rest, () => this.#wake());
      return;
    }
    this.#isBusy = true;
    void this.#work().then((delay) => {
      this.#isBusy = false;
      if (delay === null) return;
      this.#notBefore = this.#parts.clock.monotonic() + delay;
      this.#wake();
    });
  }

  /** Does one thing. How long to wait before the next; null when there is nothing to do. */
  async #work(): Promise<Duration | null> {
    if (!this.#isLoaded && !(await this.#load())) return this.#backOff();
    const turn = this.#turn;
    if (turn === null) return null;
    for (const card of cardsOf(turn, [...this.#known.values()])) {
      const answer = await this.#bring(card);
      if (answer === "as it should be") continue;
      if (!answer.ok) return this.#trouble(card, answer);
      this.#failures = 0;
      this.#saidTrouble = "";
      return GAP;
    }
    return null;
  }

  async #bring(card: Card): Promise<ChatAnswer | "as it should be"> {
    const known = this.#known.get(card.key);
    const hash = shortHash([card.text, JSON.stringify(card.blocks)]);
    if (known === undefined) return card.isOpen ? this.#post(card, hash) : "as it should be";
    if (known.hash !== hash || known.isOpen !== card.isOpen) return this.#update(card, known, hash);
    if (card.alert !== null && known.alerted !== card.alert.key) return this.#alert(card, known, card.alert);
    return "as it should be";
  }

  async #post(card: Card, hash: string): Promise<ChatAnswer> {
    const { chat, clock } = this.#parts;
    const answer = await chat.post({ channel: card.channel, text: card.text, blocks: withIds(card.blocks, hash) });
    if (!answer.ok) return answer;
    const { key, kind, channel, targets, alert, isOpen } = card;
    await this.#remember({
      key,
      kind,
      channel,
      ts: answer.ts,
      hash,
      targets,
      alerted: alert?.key ?? null,
      isOpen,
      at: clock.now(),
    });
    // A channel may hold no more pins; the board is there all the same.
    if (kind === "board") await chat.pin(channel, answer.ts);
    return answer;
  }

  async #update(card: Card, known: Reference, hash: string): Promise<ChatAnswer> {
    const { chat, clock } = this.#parts;
    const answer = await chat.update({
      channel: known.channel,
      ts: known.ts,
      text: card.text,
      blocks: withIds(card.blocks, hash),
    });
    const isGone = !answer.ok && answer.error === "message_not_found";
    if (isGone) {
      this.#known.delete(card.key);
      await this.#save();
      return { ok: true, ts: known.ts };
    }
    if (!answer.ok) return answer;
    await this.#remember({ ...known, hash, targets: card.targets, isOpen: card.isOpen, at: clock.now() });
    return answer;
  }

  async #alert(card: Card, known: Reference, alert: NonNullable<Card["alert"]>): Promise<ChatAnswer> {
    const broadcast = card.kind === "failed";
    const answer = await this.#parts.chat.post({
      channel: known.channel,
      threadTs: known.ts,
      text: alert.says,
      blocks: [],
      broadcast,
    });
    if (answer.ok) await this.#remember({ ...known, alerted: alert.key });
    return answer;
  }

  async #remember(reference: Reference): Promise<void> {
    this.#known.set(reference.key, reference);
    await this.#save();
  }

  async #load(): Promise<boolean> {
    const read = await this.#parts.references.read();
    if (!read.ok) {
      this.#parts.log.warn("slack references not read", { why: read.why });
      return false;
    }
    this.#known.clear();
    for (const reference of read.references) this.#known.set(reference.key, reference);
    this.#version = read.version;
    this.#isLoaded = true;
    return true;
  }

  /** What could not be saved is saved with the next change; until then a restart would post that card again. */
  async #save(): Promise<void> {
    const { references, clock, log } = this.#parts;
    const written = await references.write([...this.#known.values()], this.#version, clock.now());
    if (written !== null) {
      this.#version = written;
      return;
    }
    const read = await references.read();
    if (!read.ok) {
      log.warn("slack references not saved", { why: read.why });
      return;
    }
    const merged = new Map([...read.references.map((one) => [one.key, one] as const), ...this.#known]);
    this.#version = (await references.write([...merged.values()], read.version, clock.now())) ?? read.version;
  }

  #trouble(card: Card, answer: ChatAnswer & { readonly ok: false }): Duration {
    const trouble = `${answer.error} ${card.channel}`;
    if (trouble !== this.#saidTrouble)
      this.#parts.log.warn("slack does not take it", { card: card.key, channel: card.channel, error: answer.error });
    this.#saidTrouble = trouble;
    return answer.retryAfterSeconds === undefined ? this.#backOff() : answer.retryAfterSeconds * SECOND;
  }

  #backOff(): Duration {
    const pause = Math.min(BACK_OFF_FIRST * 2 ** Math.min(this.#failures, 16), BACK_OFF_MOST);
    this.#failures += 1;
    return pause;
  }
}

/** Slack keeps what a person typed or chose under a block id, so each content has its own; a click tells by it what was seen. */
function withIds(blocks: readonly Block[], hash: string): readonly Block[] {
  return blocks.map((block, index) => ({ ...block, block_id: `${hash}-${index}` }));
}
