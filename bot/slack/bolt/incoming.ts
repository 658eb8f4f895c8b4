import type { App } from "@slack/bolt";
import type { Click, FieldErrors, Submission, Written } from "../deeds.ts";
import { clickIn, commandIn, submissionIn, writtenIn } from "./payloads.ts";

export interface Incoming {
  readonly clicked: (click: Click) => void;
  readonly written: (written: Written) => void;
  /** The answer to a slash command, as mrkdwn. */
  readonly commanded: (command: Written) => Promise<string>;
  /** What is wrong with a dialog that was sent off, at once; null closes it. */
  readonly errorsIn: (submission: Submission) => FieldErrors | null;
  readonly submitted: (submission: Submission) => void;
}

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

/** Everything is acknowledged at once, also a button that nobody knows; only then it is looked at. */
export function listen(app: App, once: Once, incoming: Incoming): void {
  app.action(/.*/, async ({ ack, body }) => {
    await ack();
    const found = clickIn(body);
    if (found !== null && once.isNew(`click ${found.id}`)) incoming.clicked(found.click);
  });
  app.view(/.*/, async ({ ack, body }) => {
    const submission = submissionIn(body);
    const errors = submission === null ? null : incoming.errorsIn(submission);
    if (errors !== null) return ack({ response_action: "errors", errors: { ...errors } });
    await ack();
    // What was sent back with errors is sent off again by the same view.
    if (submission !== null && once.isNew(`view ${submission.viewId}`)) incoming.submitted(submission);
  });
  app.command(/.*/, async ({ ack, body, respond }) => {
    await ack();
    const command = commandIn(body);
    if (command === null || !once.isNew(`command ${command.ts}`)) return;
    const says = await incoming.commanded(command);
    if (says !== "") await respond({ response_type: "ephemeral", text: says });
  });
  for (const type of ["message", "app_mention"] as const) {
    app.event(type, async ({ event, body, context }) => {
      const found = writtenIn(event, body, context.botUserId ?? "");
      if (found !== null && once.isNew(`message ${found.channel} ${found.ts}`)) incoming.written(found);
    });
  }
}
