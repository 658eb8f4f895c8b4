import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, Clock, Log, Stoppable } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import { Courier, canBeFound, type Errand, errandFor, methodOf, type Outcome } from "./courier.ts";
import { limitedBy, Pace } from "./pace.ts";
import { type ReferenceStore, References } from "./references.ts";
import { Rests } from "./rests.ts";
import { type About, aboutOf, isRateLimit, isUncertain, wordsOf } from "./trouble.ts";
import { cardsOf } from "./view/cards.ts";

interface OutboxParts {
  readonly chat: Chat;
  readonly references: ReferenceStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** After so many other messages the board comes first: with very many cards it would else be minutes old. */
const BOARD_AFTER = 5;
/** What all channels stand on: the memory in the cluster, the drawing of cards, and the app's token. */
const MEMORY = "references";
const VIEW = "view";
const APP = "app";
/** When a card's call got no answer, another card has its turn first: it may be the card's fault. */
const TURN_OF_ANOTHER: Duration = 1.5 * SECOND;

/**
 * Makes Slack show what it should, with the newest content only. Each channel has its own pace and its own back-off, with one
 * call at a time, so that none delays another.
 */
export class Outbox implements Stoppable {
  readonly #parts: OutboxParts;
  readonly #known: References;
  readonly #courier: Courier;
  readonly #pace: Pace;
  readonly #rests: Rests;
  readonly #busy = new Set<string>();
  /** Messages since the board was last seen to, by channel. */
  readonly #sinceBoard = new Map<string, number>();
  #turn: Turn | null = null;
  #isLooking = false;
  #isWoken = false;
  #isStopped = false;
  #waiting = 0;
  #timer: Stoppable | null = null;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#known = new References(parts.references, parts.clock);
    this.#courier = new Courier({ ...parts, known: this.#known });
    this.#pace = new Pace(parts.clock);
    this.#rests = new Rests(parts.clock);
  }

  /** Only the leader posts; a replica that comes to lead first reads what the one before it posted. */
  show(turn: Turn): void {
    if (!turn.isLeader) this.#known.forgetAll();
    this.#turn = turn.isLeader ? turn : null;
    this.#wake();
  }

  /** How many messages Slack does not show yet as they should be. */
  waiting(): number {
    return this.#turn === null ? 0 : this.#waiting;
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.stop();
  }

  /** Looks again at all that should stand there; one look at a time. */
  #wake(): void {
    if (this.#isStopped || this.#turn === null) return;
    this.#isWoken = true;
    if (this.#isLooking) return;
    void this.#lookOn();
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      const delay = await this.#look().catch((error: unknown) => this.#viewFailed(error));
      if (delay !== null && !this.#isWoken) this.#wakeAfter(delay);
    }
    this.#isLooking = false;
  }

  #wakeAfter(delay: Duration): void {
    this.#timer?.stop();
    this.#timer = this.#parts.clock.after(delay, () => this.#wake());
  }

  /** Begins what can be begun. How long to wait for the next; null when there is none to wait for. */
  async #look(): Promise<Duration | null> {
    const unkept = this.#rests.left(MEMORY);
    if (unkept > 0) return unkept;
    // Also while the app is refused: a bot with new tokens must not look for messages that Slack never took.
    const trouble = await this.#known.settle();
    if (trouble !== null) return this.#notKept(trouble);
    this.#rests.end(MEMORY);
    const rest = this.#rests.left(VIEW, APP);
    if (rest > 0) return rest;
    const turn = this.#turn;
    if (turn === null || this.#isStopped) return null;
    const wanted = cardsOf(turn, this.#known.all()).flatMap((card) => errandFor(card, this.#known.get(card.key)) ?? []);
    this.#rests.end(VIEW);
    this.#waiting = wanted.filter(({ kind }) => kind !== "pin").length;
    const channels = Map.groupBy(wanted, ({ card }) => card.channel);
    const waits: Duration[] = [];
    for (const channel of this.#pace.inTurn(channels.keys())) {
      if (this.#busy.has(channel)) continue;
      const next = this.#nextOf(channel, channels.get(channel) ?? []);
      if (typeof next === "number") waits.push(next);
      else void this.#run(next);
    }
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** In the order of the cards: failed, approval, blocked, overdue, board. Or how long none of them may be begun. */
  #nextOf(channel: string, errands: readonly Errand[]): Errand | Duration {
    const isBoardDue = (this.#sinceBoard.get(channel) ?? 0) >= BOARD_AFTER;
    const boards = errands.filter(({ card }) => isBoardDue && card.kind === "board");
    let shortest = Number.POSITIVE_INFINITY;
    for (const errand of [...boards, ...errands]) {
      const wait = this.#waitFor(errand);
      if (wait <= 0) return errand;
      shortest = Math.min(shortest, wait);
    }
    return shortest;
  }

  #waitFor(errand: Errand): Duration {
    const { channel } = errand.card;
    const method = methodOf(errand);
    const rests = this.#rests.left(ofChannel(channel), ofCard(errand), limitedBy(method, channel));
    const wait = Math.max(rests, this.#pace.wait(method, channel));
    if (errand.kind !== "find") return wait;
    // What is looked for and not found is posted at once.
    const again = this.#rests.left(limitedBy("chat.postMessage", channel));
    return Math.max(wait, again, canBeFound(errand.posting) - this.#parts.clock.now());
  }

  async #run(errand: Errand): Promise<void> {
    const { channel, kind } = errand.card;
    this.#busy.add(channel);
    this.#pace.begun(methodOf(errand), channel);
    const outcome = await this.#courier.run(errand).catch((error: unknown): Outcome => {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: "refused", method: methodOf(errand), answer: { ok: false, error: why } };
    });
    this.#busy.delete(channel);
    this.#pace.ended(channel);
    this.#sinceBoard.set(channel, kind === "board" ? 0 : (this.#sinceBoard.get(channel) ?? 0) + 1);
    this.#heard(errand, outcome);
    this.#wake();
  }

  #heard(errand: Errand, outcome: Outcome): void {
    const { channel } = errand.card;
    switch (outcome.kind) {
      case "done":
        this.#rests.end(ofCard(errand), ofChannel(channel), limitedBy(methodOf(errand), channel), APP);
        break;
      case "not kept":
        this.#notKept(outcome.why);
        break;
      case "refused":
        this.#refused(errand, outcome);
        break;
      default:
        outcome satisfies never;
    }
  }

  /** Said when it begins: the others' success must not make it said again at each try. */
  #refused(errand: Errand, { method, answer }: Outcome & { readonly kind: "refused" }): void {
    const { channel, key } = errand.card;
    const { error, needed, retryAfterSeconds } = answer;
    if (isRateLimit(error)) {
      const length = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * SECOND;
      const isFirst = this.#rests.begin(limitedBy(method, channel), length);
      if (isFirst) this.#say("slack limits calls", { method, channel, error });
      return;
    }
    const about = whatIsWrong(errand, error);
    const isFirst = this.#rests.begin(about === "app" ? APP : about === "card" ? ofCard(errand) : ofChannel(channel));
    if (about === "moment") this.#rests.begin(ofCard(errand), this.#rests.left(ofChannel(channel)) + TURN_OF_ANOTHER);
    if (isFirst) this.#say(EVENTS[about], { channel, card: key, error, says: wordsOf({ error, channel, needed }) });
  }

  #notKept(why: string): Duration {
    if (this.#rests.begin(MEMORY)) this.#say("slack references not kept", { why });
    return this.#rests.left(MEMORY);
  }

  #viewFailed(error: unknown): Duration {
    const why = error instanceof Error ? error.message : String(error);
    if (this.#rests.begin(VIEW)) this.#say("slack view failed", { why });
    return this.#rests.left(VIEW);
  }

  #say(event: string, fields: Readonly<Record<string, string>>): void {
    this.#parts.log.warn(event, fields);
  }
}

const EVENTS: Readonly<Record<About, string>> = {
  card: "slack does not take a card",
  channel: "slack does not take a channel",
  app: "slack does not take the app",
  message: "slack does not take it",
  moment: "slack does not take it",
};

/** What Slack answered about one card, in words that we don't know, is that card's; so is what can't be pinned or found. */
function whatIsWrong({ kind }: Errand, error: string): About {
  const about = aboutOf(error);
  if (about === "channel" || (about === "app" && kind !== "pin")) return about;
  return isUncertain(error) && kind !== "find" && kind !== "pin" ? "moment" : "card";
}

const ofChannel = (channel: string): string => `channel ${channel}`;
/** What is pinned in vain is edited all the same. */
const ofCard = ({ card, kind }: Errand): string => (kind === "pin" ? `pin ${card.key}` : `card ${card.key}`);
