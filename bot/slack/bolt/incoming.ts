import type { App } from "@slack/bolt";
import type { Click, Written } from "../desk.ts";

export interface Incoming {
  readonly clicked: (click: Click) => void;
  readonly written: (written: Written) => void;
}

const REMEMBERED = 2_000;
const COMMAND_ANSWER =
  "The pinned board shows what waits. To decide, reply in a card's thread: approve · skip until fri 18:00 · retry · force &lt;reason&gt;";

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
export function listen(app: App, once: Once, { clicked, written }: Incoming): void {
  app.action(/.*/, async ({ ack, body }) => {
    await ack();
    const click = clickOf(body);
    if (click !== null && once.isNew(`click ${click.id}`)) clicked(click.click);
  });
  // Slack has commands nowhere in threads, where the cards are decided on.
  app.command(/.*/, async ({ ack }) => ack(COMMAND_ANSWER));
  for (const type of ["message", "app_mention"] as const) {
    app.event(type, async ({ event }) => {
      const found = writtenIn(event);
      if (found !== null && once.isNew(`message ${found.channel} ${found.ts}`)) written(found);
    });
  }
}

const field = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function clickOf(body: unknown): { readonly id: string; readonly click: Click } | null {
  const actions = field(body, "actions");
  const action = Array.isArray(actions) ? actions[0] : undefined;
  const click = {
    actionId: text(field(action, "action_id")),
    user: text(field(body, "user", "id")),
    channel: text(field(body, "channel", "id")) || text(field(body, "container", "channel_id")),
    messageTs: text(field(body, "message", "ts")) || text(field(body, "container", "message_ts")),
    seen: text(field(action, "block_id")).replace(/-\d+$/, ""),
  };
  if (click.user === "" || click.messageTs === "" || click.actionId === "") return null;
  return { id: `${click.messageTs} ${click.user} ${click.actionId} ${text(field(action, "action_ts"))}`, click };
}

/** Only what a person wrote in a thread, also sent to the channel or not: no edits, no joins, no bots, ourselves among them. */
function writtenIn(event: unknown): Written | null {
  const subtype = field(event, "subtype");
  if (subtype !== undefined && subtype !== "thread_broadcast") return null;
  if (field(event, "bot_id") !== undefined) return null;
  const written = {
    text: text(field(event, "text")),
    user: text(field(event, "user")),
    channel: text(field(event, "channel")),
    threadTs: text(field(event, "thread_ts")),
    ts: text(field(event, "ts")),
  };
  return written.threadTs === "" || written.user === "" ? null : written;
}
