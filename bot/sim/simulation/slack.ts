import type { Chat, ChatAnswer } from "../../coordinator/ports.ts";
import type { Instant } from "../../core/instant.ts";
import type { SeededRandom } from "../random.ts";
import { SimulatedChat } from "../slack/chat.ts";
import { BOT } from "../slack/directory.ts";
import { Workspace } from "../slack/workspace.ts";

interface SlackParts {
  readonly channel: string;
  readonly random: SeededRandom;
  readonly now: () => Instant;
  /** Slack has trouble until then. */
  readonly until: Instant;
}

/** What Slack refuses for good: each is a fault of a card, not of the day. */
const FAULTS_OF_CARDS: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "msg_blocks_too_long",
  "msg_too_long",
  "no_text",
]);
const TROUBLE = 0.1;

/** A workspace that loses calls now and then, and remembers every card that breaks Slack's limits. */
export class SimSlack implements Chat {
  readonly #parts: SlackParts;
  readonly #workspace: Workspace;
  readonly #chat: SimulatedChat;

  constructor(parts: SlackParts) {
    this.#parts = parts;
    const { channel, now } = parts;
    this.#workspace = new Workspace({
      now,
      users: [],
      channels: [{ id: channel, name: "ops", members: [BOT.userId] }],
      groups: [],
    });
    this.#chat = new SimulatedChat(this.#workspace);
  }

  problems(): readonly string[] {
    return this.#workspace.log.events.flatMap((event) =>
      event.kind === "refused" && FAULTS_OF_CARDS.has(event.error)
        ? [`slack: ${event.method} ${event.error} ${event.problems.join("; ")}`]
        : [],
    );
  }

  post(message: Parameters<Chat["post"]>[0]): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.post(message));
  }

  update(message: Parameters<Chat["update"]>[0]): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.update(message));
  }

  pin(channel: string, ts: string): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.pin(channel, ts));
  }

  find(wanted: Parameters<Chat["find"]>[0]): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.find(wanted));
  }

  open(triggerId: string, view: unknown): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.open(triggerId, view));
  }

  tell(whisper: Parameters<Chat["tell"]>[0]): Promise<ChatAnswer> {
    return this.#try(() => this.#chat.tell(whisper));
  }

  /** Half of the calls that seem lost arrived all the same. */
  async #try(call: () => Promise<ChatAnswer>): Promise<ChatAnswer> {
    const { random, now, until } = this.#parts;
    if (now() >= until || !random.chance(TROUBLE)) return call();
    if (random.chance(0.5)) await call();
    return { ok: false, error: "unanswered" };
  }
}
