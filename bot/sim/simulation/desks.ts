import type { Bot } from "../../bot.ts";
import { type Duration, MINUTE, SECOND } from "../../core/instant.ts";
import { Once } from "../../slack/bolt/incoming.ts";
import { clickIn, commandIn, submissionIn, writtenIn } from "../../slack/bolt/payloads.ts";
import type { WorldClock } from "../clock.ts";
import type { SimProcess } from "../process.ts";
import type { SeededRandom } from "../random.ts";
import { BOT } from "../slack/directory.ts";
import type { Carrier, Delivery, Envelope } from "../slack/envelope.ts";

interface Desk {
  readonly process: SimProcess;
  readonly bot: Bot;
  readonly once: Once;
}

interface DeskParts {
  readonly clock: WorldClock;
  readonly random: SeededRandom;
}

const TWICE = 0.15;
/** The socket of a process that stands still for longer is closed by Slack, and what was on it is lost. */
const KEPT: Duration = 5 * MINUTE;
const UNHEARD: Delivery = { acked: false, answer: undefined, sent: 0 };

/** Brings what people do in Slack to one of the bots that live, and now and then to a second one as well. */
export class Desks implements Carrier {
  readonly #parts: DeskParts;
  #desks: readonly Desk[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  opened(process: SimProcess, bot: Bot): void {
    this.#desks = [...this.#desks.filter((desk) => desk.process.isAlive()), { process, bot, once: new Once() }];
  }

  responseUrl(): string {
    return "";
  }

  /** Acknowledged by the first; without any bot there is nobody to hear it. */
  deliver(envelope: Envelope): Promise<Delivery> {
    const { random } = this.#parts;
    const living = this.#desks.filter(({ process }) => process.isAlive());
    const first = random.pick(living);
    if (first === undefined) return Promise.resolve(UNHEARD);
    const others = living.filter((desk) => desk !== first);
    const second = random.chance(TWICE) ? random.pick(others) : undefined;
    if (second !== undefined) void this.#bring(second, envelope, random.between(0, 20 * SECOND));
    return this.#bring(first, envelope, random.between(10, 400));
  }

  #bring(desk: Desk, envelope: Envelope, delay: Duration): Promise<Delivery> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.after(delay, () => {
        const end = clock.now() + KEPT;
        desk.process.deliver(() => {
          if (clock.now() <= end) resolve({ acked: true, answer: this.#handle(desk, envelope), sent: 1 });
        });
      });
    });
  }

  /** As Bolt's listeners do; what the ack carries. */
  #handle({ bot, once }: Desk, { type, payload }: Envelope): unknown {
    const { desk } = bot;
    if (type === "events_api") {
      const written = writtenIn(payload["event"], payload, BOT.userId);
      if (written !== null && once.isNew(`message ${written.ts}`)) void desk.written(written);
      return undefined;
    }
    if (type === "slash_commands") {
      const command = commandIn(payload);
      if (command !== null && once.isNew(`command ${command.ts}`)) void desk.commanded(command);
      return undefined;
    }
    const pressed = payload["type"] === "block_actions" ? clickIn(payload) : null;
    if (pressed !== null && once.isNew(`click ${pressed.id}`)) void desk.clicked(pressed.click);
    const submission = payload["type"] === "view_submission" ? submissionIn(payload) : null;
    if (submission === null) return undefined;
    const errors = desk.errorsIn(submission);
    if (errors !== null) return { response_action: "errors", errors };
    if (once.isNew(`view ${submission.viewId}`)) void desk.submitted(submission);
    return undefined;
  }
}
