import type { Click, Submission, Written } from "../deeds.ts";
import { field } from "../field.ts";

/** Slack's payloads, parsed once. Null for what is not from a person, or lacks what an answer needs. */

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function clickIn(body: unknown): { readonly id: string; readonly click: Click } | null {
  const actions = field(body, "actions");
  const action = Array.isArray(actions) ? actions[0] : undefined;
  const click = {
    actionId: text(field(action, "action_id")),
    user: text(field(body, "user", "id")),
    channel: text(field(body, "channel", "id")) || text(field(body, "container", "channel_id")),
    messageTs: text(field(body, "message", "ts")) || text(field(body, "container", "message_ts")),
    seen: text(field(action, "block_id")).replace(/-\d+$/, ""),
    triggerId: text(field(body, "trigger_id")),
    actionTs: text(field(action, "action_ts")),
    isForeign: isForeignUser(body),
  };
  if (click.user === "" || click.messageTs === "" || click.actionId === "") return null;
  return { id: `${click.messageTs} ${click.user} ${click.actionId} ${click.actionTs}`, click };
}

/** In an organisation of several workspaces a person's own may be another: there Slack's word on the person must do. */
function isForeignUser(body: unknown): boolean {
  const [theirs, ours] = [text(field(body, "user", "team_id")), text(field(body, "team", "id"))];
  return theirs !== "" && ours !== "" && theirs !== ours && field(body, "enterprise") == null;
}

export function submissionIn(body: unknown): Submission | null {
  const view = field(body, "view");
  const state = field(view, "state", "values");
  const blocks = typeof state === "object" && state !== null ? Object.entries(state) : [];
  const submission = {
    callbackId: text(field(view, "callback_id")),
    privateMetadata: text(field(view, "private_metadata")),
    viewId: text(field(view, "id")),
    user: text(field(body, "user", "id")),
    isForeign: isForeignUser(body),
    values: Object.fromEntries(blocks.map(([id, block]) => [id, valueIn(block)])),
  };
  return submission.viewId === "" || submission.user === "" ? null : submission;
}

/** Of the one element of a block. */
function valueIn(block: unknown): string | readonly string[] | null {
  const [element] = typeof block === "object" && block !== null ? Object.values(block) : [];
  const many = field(element, "selected_options");
  if (Array.isArray(many)) return many.map((option) => text(field(option, "value")));
  const one = field(element, "value") ?? field(element, "selected_option", "value");
  return typeof one === "string" ? one : null;
}

/** A slash command has no message, and no thread: its trigger tells it from others. */
export function commandIn(body: unknown): Written | null {
  const command = {
    text: text(field(body, "text")),
    user: text(field(body, "user_id")),
    channel: text(field(body, "channel_id")),
    threadTs: null,
    ts: text(field(body, "trigger_id")),
    isAddressed: true,
    isForeign: false,
  };
  return command.user === "" || command.channel === "" ? null : command;
}

/** What a person wrote, also sent from a thread to the channel: no edits, no joins, no bots, ourselves among them. */
export function writtenIn(event: unknown, body: unknown, botUser: string): Written | null {
  const subtype = field(event, "subtype");
  if (subtype !== undefined && subtype !== "thread_broadcast") return null;
  // A mention that was edited into a message comes as an event of its own.
  if (field(event, "bot_id") !== undefined || field(event, "edited") !== undefined) return null;
  const said = text(field(event, "text"));
  const mention = botUser === "" ? null : new RegExp(`<@${botUser}(?:\\|[^>]*)?>[,:]?`, "g");
  const rest = mention === null ? said : said.replace(mention, " ");
  const written = {
    text: rest,
    user: text(field(event, "user")),
    channel: text(field(event, "channel")),
    threadTs: text(field(event, "thread_ts")) || null,
    ts: text(field(event, "ts")),
    isAddressed: rest !== said || field(event, "type") === "app_mention",
    isForeign: isForeignWriter(event, body),
  };
  if (written.user === "" || written.channel === "" || written.ts === "") return null;
  return written.threadTs === null && !written.isAddressed ? null : written;
}

function isForeignWriter(event: unknown, body: unknown): boolean {
  const theirs = text(field(event, "user_team")) || text(field(event, "team"));
  const authorizations = field(body, "authorizations");
  const [own] = Array.isArray(authorizations) ? authorizations : [];
  const ours = text(field(own, "team_id")) || text(field(body, "team_id"));
  return theirs !== "" && ours !== "" && theirs !== ours && field(own, "enterprise_id") == null;
}
