import { SECOND } from "../core/instant.ts";
import { answerToClick } from "./clicks.ts";
import type { Click, FieldErrors, Submission, Written } from "./deeds.ts";
import type { DeskParts } from "./desk-parts.ts";
import { answerToWritten } from "./messages.ts";
import { answerToSubmission, readSubmission } from "./submissions.ts";
import { parseSeen } from "./view/dialogs/seen.ts";
import { sentenceText } from "./view/mrkdwn.ts";

interface Whom {
  readonly channel: string;
  readonly user: string;
  readonly threadTs: string | null;
}

/**
 * Where a card was clicked there may be no thread yet, and Slack shows private messages only in threads that are there
 * (docs.slack.dev, chat.postEphemeral).
 */
const IN_CHANNEL = { threadTs: null };

/** For how often a rate limit is waited out. */
const TOLD_TRIES = 6;

const FAILED = "Something went wrong here, and I can't say whether this counted. See the board before you try again.";

/** Makes decisions of what people do, and answers privately. Works on every replica: the leader judges. */
export class Desk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Never rejects, as all here. */
  async clicked(click: Click): Promise<void> {
    const { channel, user } = click;
    await this.#tell(
      { ...IN_CHANNEL, channel, user },
      await this.#answer(user, () => answerToClick(this.#parts, click)),
    );
  }

  async written(written: Written): Promise<void> {
    await this.#tell(written, await this.#answer(written.user, () => answerToWritten(this.#parts, written)));
  }

  /** The answer to a slash command, ready for Slack, which takes it also where the bot is no member. */
  async commanded(command: Written): Promise<string> {
    return ready((await this.#answer(command.user, () => answerToWritten(this.#parts, command))) ?? "");
  }

  /** What is wrong with what was filled in; null for what is right. At once, since the dialog waits for it. */
  errorsIn(submission: Submission): FieldErrors | null {
    const read = readSubmission(this.#parts, submission);
    return "errors" in read ? read.errors : null;
  }

  async submitted(submission: Submission): Promise<void> {
    const { user, privateMetadata } = submission;
    const filled = readSubmission(this.#parts, submission);
    const seen = parseSeen(privateMetadata);
    if ("errors" in filled || seen === null) return;
    const says = await this.#answer(user, () => answerToSubmission(this.#parts, submission, filled));
    await this.#tell({ ...IN_CHANNEL, user, channel: seen.channel }, says);
  }

  #answer(user: string, answer: () => Promise<string | null>): Promise<string | null> {
    return answer().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      this.#parts.log.warn("slack decision failed", { user, why });
      return FAILED;
    });
  }

  async #tell({ channel, user, threadTs }: Whom, says: string | null): Promise<void> {
    if (says === null) return;
    const thread = threadTs === null ? {} : { threadTs };
    const error = await this.#deliver({ channel, user, ...thread, text: ready(says) }).catch(String);
    if (error !== null) this.#parts.log.warn("slack answer not delivered", { user, channel, error, says });
  }

  /** Waits rate limits out; an answer that may have arrived is not given twice. */
  async #deliver(whisper: Parameters<DeskParts["chat"]["tell"]>[0]): Promise<string | null> {
    const { chat, clock } = this.#parts;
    for (let tries = 1; ; tries += 1) {
      const answer = await chat.tell(whisper);
      if (answer.ok) return null;
      const { error, retryAfterSeconds = 2 ** tries } = answer;
      if (error !== "ratelimited" || tries === TOLD_TRIES) return error;
      await new Promise<void>((resolve) => void clock.after(retryAfterSeconds * SECOND, resolve));
    }
  }
}

/** Line by line, since an escaped text is one line. */
const ready = (says: string): string => says.split("\n").map(sentenceText).join("\n");
