import { Conversations, type Draft } from "./conversations.ts";
import { showChannel, showUser } from "./directory.ts";
import { isFields } from "./fields.ts";
import { type HistoryQuery, pageOf } from "./history.ts";
import { refusalOf } from "./limits.ts";
import { type Message, showMessage, showWithMetadata } from "./message.ts";
import { Modals, type ViewOutcome, type ViewTarget } from "./modals.ts";
import { showView } from "./view.ts";

export interface SlackRefusal {
  readonly ok: false;
  readonly error: string;
  readonly errors?: readonly string[];
  readonly response_metadata?: { readonly messages: readonly string[] };
  /** Of missing_scope: what would do, and what is granted. */
  readonly needed?: string;
  readonly provided?: string;
}
export type SlackAnswer<Found = object> = ({ readonly ok: true } & Found) | SlackRefusal;

export interface PostDraft extends Draft {
  readonly thread_ts?: string | undefined;
  readonly reply_broadcast?: boolean | undefined;
  readonly metadata?: unknown;
}
export interface UpdateDraft extends Draft {
  readonly ts: string;
  readonly metadata?: unknown;
}

export interface ShownPage {
  readonly messages: readonly object[];
  readonly has_more: boolean;
  readonly response_metadata?: { readonly next_cursor: string };
}

/**
 * A Slack workspace with one installed app, in memory. It answers as Slack's Web API does and remembers all that was
 * said. The same calls give the same ids, times and answers.
 */
export class Workspace extends Conversations {
  readonly modals = new Modals(this.log, this.now, (prefix) => this.nextId(prefix));

  authTest() {
    return {
      ok: true as const,
      url: `https://${this.team.domain}.slack.com/`,
      team: this.team.name,
      team_id: this.team.id,
      user: this.bot.name,
      user_id: this.bot.userId,
      bot_id: this.bot.botId,
      app_id: this.bot.appId,
      is_enterprise_install: false,
    };
  }

  postMessage(draft: PostDraft): SlackAnswer<{ channel: string; ts: string; message: object }> {
    const method = "chat.postMessage";
    const wrong = this.unwritable(draft.channel) ?? this.#unacceptable(draft.blocks, draft.text);
    if (wrong !== null) return this.#refuse(method, wrong);
    if (!isMetadata(draft.metadata)) return this.#refuse(method, "invalid_metadata_format");
    if (draft.thread_ts !== undefined && !this.isThread(draft.channel, draft.thread_ts)) {
      return this.#refuse(method, "cannot_reply_to_message");
    }
    const message = this.add({
      channel: draft.channel,
      threadTs: draft.thread_ts ?? null,
      broadcast: draft.thread_ts !== undefined && draft.reply_broadcast === true,
      user: this.bot.userId,
      text: draft.text ?? "",
      blocks: this.complete(draft.blocks),
      metadata: draft.metadata ?? null,
    });
    return { ok: true, channel: message.channel, ts: message.ts, message: this.#withMetadata(message) };
  }

  update(draft: UpdateDraft): SlackAnswer<{ channel: string; ts: string; text: string; message: object }> {
    const method = "chat.update";
    const unwritable = this.unwritable(draft.channel);
    if (unwritable !== null) return this.#refuse(method, unwritable === "is_archived" ? "is_inactive" : unwritable);
    const previous = this.message(draft.channel, draft.ts);
    if (previous === null || previous.deleted) return this.#refuse(method, "message_not_found");
    if (previous.user !== this.bot.userId) return this.#refuse(method, "cant_update_message");
    const wrong = this.#unacceptable(draft.blocks, draft.text);
    if (wrong !== null) return this.#refuse(method, wrong);
    if (!isMetadata(draft.metadata)) return this.#refuse(method, "invalid_metadata_format");
    const message: Message = {
      ...previous,
      text: draft.text ?? previous.text,
      blocks: draft.blocks === undefined ? previous.blocks : this.complete(draft.blocks),
      metadata: draft.metadata ?? previous.metadata,
      editedTs: this.nextTs(),
    };
    this.keep(message);
    this.log.add({ kind: "edited", message, previous });
    return {
      ok: true,
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: this.#withMetadata(message),
    };
  }

  postEphemeral(
    draft: Draft & { readonly user: string; readonly thread_ts?: string | undefined },
  ): SlackAnswer<{ message_ts: string }> {
    const wrong = this.unwritable(draft.channel) ?? this.#unacceptable(draft.blocks, draft.text);
    if (wrong !== null) return this.#refuse("chat.postEphemeral", wrong);
    const members = this.channels.get(draft.channel)?.members;
    if (!members?.includes(draft.user)) return this.#refuse("chat.postEphemeral", "user_not_in_channel");
    return { ok: true, message_ts: this.whisper({ ...draft, threadTs: draft.thread_ts }).ts };
  }

  delete(channel: string, ts: string): SlackAnswer<{ channel: string; ts: string }> {
    const wrong = this.unwritable(channel);
    if (wrong !== null) return this.#refuse("chat.delete", wrong);
    const message = this.message(channel, ts);
    if (message === null || message.deleted) return this.#refuse("chat.delete", "message_not_found");
    if (message.user !== this.bot.userId) return this.#refuse("chat.delete", "cant_delete_message");
    this.erase(channel, ts);
    return { ok: true, channel, ts };
  }

  pinsAdd(channel: string, ts: string): SlackAnswer {
    const wrong = this.unwritable(channel);
    if (wrong !== null) return this.#refuse("pins.add", wrong);
    const message = this.message(channel, ts);
    if (message === null || message.deleted) return this.#refuse("pins.add", "message_not_found");
    const pins = this.pins(channel);
    if (pins.includes(ts)) return this.#refuse("pins.add", "already_pinned");
    if (pins.length === 100) return this.#refuse("pins.add", "too_many_pins");
    this.pin(channel, ts);
    return { ok: true };
  }

  pinsRemove(channel: string, ts: string): SlackAnswer {
    const wrong = this.unwritable(channel);
    if (wrong !== null) return this.#refuse("pins.remove", wrong);
    if (!this.pins(channel).includes(ts)) return this.#refuse("pins.remove", "no_pin");
    this.unpin(channel, ts);
    return { ok: true };
  }

  /** Newest first. */
  pinsList(channel: string): SlackAnswer<{ items: readonly object[] }> {
    const wrong = this.unreadable(channel);
    if (wrong !== null) return this.#refuse("pins.list", wrong);
    const pinned = this.pins(channel).toReversed();
    const messages = pinned.map((ts) => this.message(channel, ts)).filter((message) => message !== null);
    return { ok: true, items: messages.map((message) => ({ type: "message", channel, message: this.show(message) })) };
  }

  usersInfo(id: string): SlackAnswer<{ user: object }> {
    const user = this.users.get(id);
    return user === undefined ? this.#refuse("users.info", "user_not_found") : { ok: true, user: showUser(user) };
  }

  /** Slack's page says only that disabled groups are left out unless asked for; here they are as good as not there. */
  usergroupsUsersList(id: string, includeDisabled = false): SlackAnswer<{ users: readonly string[] }> {
    const group = this.groups.get(id);
    if (group === undefined || (group.disabled && !includeDisabled)) {
      return this.#refuse("usergroups.users.list", "no_such_subteam");
    }
    return { ok: true, users: group.users.filter((user) => this.users.get(user)?.deleted !== true) };
  }

  conversationsInfo(id: string): SlackAnswer<{ channel: object }> {
    const channel = this.channels.get(id);
    if (channel === undefined || this.isHidden(channel)) return this.#refuse("conversations.info", "channel_not_found");
    return { ok: true, channel: showChannel(channel, this.bot) };
  }

  /** The channel's own messages, newest first. */
  conversationsHistory(channel: string, query: HistoryQuery = {}): SlackAnswer<ShownPage> {
    const wrong = this.unreadable(channel);
    if (wrong !== null) return this.#refuse("conversations.history", wrong);
    const shown = this.messages(channel).filter(({ threadTs, broadcast }) => threadTs === null || broadcast);
    return this.#page("conversations.history", shown.toReversed(), query);
  }

  /** The thread's first message and its replies. */
  conversationsReplies(channel: string, ts: string, query: HistoryQuery = {}): SlackAnswer<ShownPage> {
    const wrong = this.unreadable(channel);
    if (wrong !== null) return this.#refuse("conversations.replies", wrong);
    const thread = this.messages(channel).filter((message) => message.ts === ts || message.threadTs === ts);
    if (thread.length === 0) return this.#refuse("conversations.replies", "thread_not_found");
    return this.#page("conversations.replies", thread, query);
  }

  viewsOpen(triggerId: string | undefined, view: unknown): SlackAnswer<{ view: object }> {
    return this.#viewed("views.open", this.modals.open(triggerId, view));
  }

  viewsPush(triggerId: string | undefined, view: unknown): SlackAnswer<{ view: object }> {
    return this.#viewed("views.push", this.modals.push(triggerId, view));
  }

  viewsUpdate(target: ViewTarget, view: unknown): SlackAnswer<{ view: object }> {
    return this.#viewed("views.update", this.modals.update(target, view));
  }

  #viewed(method: string, outcome: ViewOutcome): SlackAnswer<{ view: object }> {
    if (outcome.ok) return { ok: true, view: showView(outcome.view, this.team, this.bot) };
    return this.#refuse(method, withPlaces(outcome.error, outcome.problems));
  }

  #page(method: string, messages: readonly Message[], query: HistoryQuery): SlackAnswer<ShownPage> {
    const page = pageOf(messages, query);
    if (!page.ok) return this.#refuse(method, page.error);
    const show = query.include_all_metadata === true ? showWithMetadata : showMessage;
    return {
      ok: true,
      messages: page.messages.map((message) => show(message, this.team, this.bot)),
      has_more: page.has_more,
      ...(page.has_more ? { response_metadata: { next_cursor: page.next_cursor } } : {}),
    };
  }

  #withMetadata(message: Message): object {
    return showWithMetadata(message, this.team, this.bot);
  }

  #unacceptable(blocks: unknown, text: unknown): SlackRefusal | null {
    const refusal = refusalOf(blocks, text);
    if (refusal === null) return null;
    return withPlaces(refusal.error, refusal.problems);
  }

  #refuse(method: string, why: string | SlackRefusal): SlackRefusal {
    const refusal: SlackRefusal = typeof why === "string" ? { ok: false, error: why } : why;
    this.log.add({ kind: "refused", method, error: refusal.error, problems: refusal.errors ?? [] });
    return refusal;
  }
}

function withPlaces(error: string, problems: readonly string[]): SlackRefusal {
  if (problems.length === 0) return { ok: false, error };
  const messages = problems.map((each) => `[ERROR] ${each}`);
  return { ok: false, error, errors: problems, response_metadata: { messages } };
}

function isMetadata(metadata: unknown): boolean {
  if (metadata === undefined) return true;
  return isFields(metadata) && typeof metadata["event_type"] === "string" && isFields(metadata["event_payload"]);
}
