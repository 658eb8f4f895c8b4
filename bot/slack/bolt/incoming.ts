import { setTimeout as delay } from "node:timers/promises";
import type { App } from "@slack/bolt";
import type { Click, FieldErrors, Submission, Written } from "../deeds.ts";
import { clickIn, commandIn, submissionIn, writtenIn } from "./payloads.ts";

/** Slack is answered once what these promise has come about. */
export interface Incoming {
  readonly clicked: (click: Click) => Handled;
  readonly written: (written: Written) => Handled;
  /** The answer to a slash command, as mrkdwn. */
  readonly commanded: (command: Written) => Promise<string>;
  /** What is wrong with a dialog that was sent off, at once; null closes it. */
  readonly errorsIn: (submission: Submission) => FieldErrors | null;
  readonly submitted: (submission: Submission) => Handled;
}

type Handled = Promise<void> | undefined;

/** Milliseconds; Slack shows an error to people, and sends events again, when nothing is acknowledged within 3 s. */
const ACKED_WITHIN = 2_000;

const REMEMBERED = 2_000;

/** What came once is not handled again: Bolt dispatches a repeated event twice, and a mention is a message as well. */
export class Once {
  readonly #seen = new Set<string>();

  isNew(id: string): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    const oldest = this.#seen.values().next().value;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}

/**
 * Everything is acknowledged, also a button that nobody knows; but only once it is dealt with, or when Slack waits no longer:
 * of a bot that dies before, people see Slack's own error, and events come again to another. That is no silence.
 */
export function listen(app: App, once: Once, incoming: Incoming, within = ACKED_WITHIN): void {
  const inTime = async (handled: Handled): Promise<void> => {
    const ended = new AbortController();
    await Promise.race([handled, delay(within, undefined, ended).catch(() => {})]);
    ended.abort();
  };
  acknowledgeLast(app);
  app.action(/.*/, async ({ ack, body }) => {
    const found = clickIn(body);
    if (found !== null && once.isNew(`click ${found.id}`)) await inTime(incoming.clicked(found.click));
    await ack();
  });
  app.view(/.*/, async ({ ack, body }) => {
    const submission = submissionIn(body);
    const errors = submission === null ? null : incoming.errorsIn(submission);
    if (errors !== null) return ack({ response_action: "errors", errors: { ...errors } });
    // What was sent back with errors is sent off again by the same view.
    if (submission !== null && once.isNew(`view ${submission.viewId}`)) await inTime(incoming.submitted(submission));
    await ack();
  });
  app.command(/.*/, async ({ ack, body, respond }) => {
    const command = commandIn(body);
    const answer = command !== null && once.isNew(`command ${command.ts}`) ? incoming.commanded(command) : undefined;
    await inTime(answer?.then(() => {}));
    await ack();
    const says = await answer;
    if (says !== undefined && says !== "") await respond({ response_type: "ephemeral", text: says });
  });
  for (const type of ["message", "app_mention"] as const) {
    app.event(type, async ({ event, body, context }) => {
      const found = writtenIn(event, body, context.botUserId ?? "");
      if (found !== null && once.isNew(`message ${found.channel} ${found.ts}`)) await inTime(incoming.written(found));
    });
  }
}

/** Bolt acknowledges events before anybody has looked at them. */
function acknowledgeLast(app: App): void {
  const handle = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    if (event.body["type"] !== "event_callback") return handle(event);
    await handle({ ...event, ack: async () => {} });
    await event.ack();
  };
}
