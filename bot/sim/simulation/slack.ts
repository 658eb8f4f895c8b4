import type { Chat, ChatAnswer } from "../../coordinator/ports.ts";
import { type Duration, type Instant, SECOND } from "../../core/instant.ts";
import type { WorldClock } from "../clock.ts";
import type { SimProcess } from "../process.ts";
import type { SeededRandom } from "../random.ts";
import { type Absence, isSlackDown } from "../rules/absences.ts";
import { SimulatedChat } from "../slack/chat.ts";
import { BOT } from "../slack/directory.ts";
import { Workspace } from "../slack/workspace.ts";
import { CHANNEL } from "./policies.ts";
import { ACCOUNTS, OPS } from "./staff.ts";

interface SlackParts {
  readonly clock: WorldClock;
  readonly random: SeededRandom;
  /** Calls are lost, late or refused until then. */
  readonly until: Instant;
  readonly absences: readonly Absence[];
}

const TROUBLE = 0.1;
/** A call that is not answered is given up after this. */
const GIVEN_UP: Duration = 10 * SECOND;

const USERS = ACCOUNTS.flatMap(({ system, id, groups }) => (system === "slack" ? [{ id, groups }] : []));

/** One workspace that takes its time, loses calls now and then, and is down at times. */
export class SimSlack {
  readonly workspace: Workspace;
  readonly #parts: SlackParts;
  readonly #chat: SimulatedChat;

  constructor(parts: SlackParts) {
    this.#parts = parts;
    this.workspace = new Workspace({
      now: () => parts.clock.now(),
      users: USERS.map(({ id }) => ({ id, name: id.toLowerCase() })),
      channels: [{ id: CHANNEL, name: "ops", members: [BOT.userId, ...USERS.map(({ id }) => id)] }],
      groups: [
        { id: OPS, handle: "ops", users: USERS.flatMap(({ id, groups }) => (groups.includes(OPS) ? [id] : [])) },
      ],
    });
    this.#chat = new SimulatedChat(this.workspace);
  }

  isDown(): boolean {
    return isSlackDown(this.#parts.absences, this.#parts.clock.now());
  }

  /** The port of one process: what it sent arrives also when it is dead by then, but nobody hears the answer. */
  of(process: SimProcess): Chat {
    const chat = this.#chat;
    const call = (send: () => Promise<ChatAnswer>): Promise<ChatAnswer> => this.#call(process, send);
    return {
      post: (message) => call(() => chat.post(message)),
      update: (message) => call(() => chat.update(message)),
      pin: (channel, ts) => call(() => chat.pin(channel, ts)),
      find: (wanted) => call(() => chat.find(wanted)),
      open: (triggerId, view) => call(() => chat.open(triggerId, view)),
      tell: (whisper) => call(() => chat.tell(whisper)),
    };
  }

  #call(process: SimProcess, send: () => Promise<ChatAnswer>): Promise<ChatAnswer> {
    if (!process.isAlive()) return new Promise(() => {});
    const { clock, random, until } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<ChatAnswer>();
    const answered = (answer: ChatAnswer): void => process.deliver(() => resolve(answer));
    const sent = (delay: Duration, hear: (answer: ChatAnswer) => void): void =>
      void clock.after(delay, () => void send().then(hear));
    const givenUp = (): void => void clock.after(GIVEN_UP, () => answered({ ok: false, error: "unanswered" }));
    const isLost = this.isDown();
    const isTrouble = clock.now() < until && random.chance(TROUBLE);
    if (!isLost && !isTrouble) {
      sent(random.between(20, 300), answered);
      return promise;
    }
    switch (isLost ? "lost" : random.pick(["lost", "arrived", "late", "limited", "refused"] as const)) {
      case "arrived":
        sent(random.between(0, GIVEN_UP), () => {});
        givenUp();
        break;
      case "late":
        sent(random.between(1, 9) * SECOND, answered);
        break;
      case "limited":
        answered({ ok: false, error: "ratelimited", retryAfterSeconds: random.between(1, 30) });
        break;
      case "refused":
        answered({ ok: false, error: "internal_error" });
        break;
      default:
        givenUp();
    }
    return promise;
  }
}
