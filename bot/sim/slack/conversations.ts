import { EventLog } from "../event-log.ts";
import {
  BOT,
  botUser,
  completeChannel,
  completeGroup,
  completeUser,
  type NewChannel,
  type NewGroup,
  type NewUser,
  type SlackBot,
  type SlackChannel,
  type SlackGroup,
  type SlackTeam,
  type SlackUser,
  TEAM,
} from "./directory.ts";
import { completeBlocks, type Ephemeral, type Message, showMessage } from "./message.ts";
import { countNotifications, type Notification, type NotificationCounts, Notifications } from "./notifications.ts";
import { MANIFEST_SCOPES } from "./scopes.ts";
import { Timestamps } from "./timestamps.ts";
import type { WorkspaceNews } from "./workspace-news.ts";

export interface Draft {
  readonly channel: string;
  readonly text?: string | undefined;
  /** Absent is not the same as an empty list: an update without blocks keeps the old ones. */
  readonly blocks?: unknown;
}
export interface Saying {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly threadTs?: string | undefined;
}

export interface WorkspaceOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly users: readonly NewUser[];
  readonly channels: readonly NewChannel[];
  readonly groups?: readonly NewGroup[];
  /** What the app is granted; what deploy/slack-manifest.yaml asks for if not given. */
  readonly scopes?: readonly string[];
  readonly team?: SlackTeam;
  readonly bot?: SlackBot;
}

/** The users, channels and messages of a workspace, and what people and admins do to them. */
export class Conversations {
  readonly team: SlackTeam;
  readonly bot: SlackBot;
  readonly log = new EventLog<WorkspaceNews>();
  readonly now: () => number;
  readonly #times: Timestamps;
  protected readonly users: Map<string, SlackUser>;
  protected readonly channels: Map<string, SlackChannel>;
  protected readonly groups: Map<string, SlackGroup>;
  /** By channel, then ts; deleted ones stay, marked. */
  readonly #messages = new Map<string, Map<string, Message>>();
  readonly #pins = new Map<string, string[]>();
  readonly #ephemerals: Ephemeral[] = [];
  readonly #notifications = new Notifications();
  #scopes: readonly string[];
  #ids = 0;

  constructor(options: WorkspaceOptions) {
    this.team = options.team ?? TEAM;
    this.bot = options.bot ?? BOT;
    this.now = options.now;
    this.#times = new Timestamps(options.now);
    const users = options.users.map((user) => completeUser(user, this.team));
    this.users = new Map([...users, botUser(this.bot, this.team)].map((user) => [user.id, user]));
    this.channels = new Map(options.channels.map((channel) => [channel.id, completeChannel(channel)]));
    this.groups = new Map((options.groups ?? []).map((group) => [group.id, completeGroup(group)]));
    this.#scopes = options.scopes ?? MANIFEST_SCOPES;
  }

  /** A person's message. Throws where Slack's client would not let them write. */
  say(saying: Saying): Message {
    const channel = this.channels.get(saying.channel);
    if (!channel?.members.includes(saying.user)) throw new Error(`${saying.user} is not a member of ${saying.channel}`);
    if (channel.archived) throw new Error(`#${channel.name} is archived`);
    if (saying.threadTs !== undefined && !this.isThread(saying.channel, saying.threadTs)) {
      throw new Error(`no message ${saying.threadTs} in #${channel.name} that can be replied to`);
    }
    const { user, text } = saying;
    const threadTs = saying.threadTs ?? null;
    return this.add({ channel: channel.id, threadTs, broadcast: false, user, text, blocks: [], metadata: null });
  }

  /** Puts a private message before a user without chat.postEphemeral: an answer to a slash command or a response_url. */
  whisper(draft: Draft & { readonly user: string; readonly threadTs?: string | undefined }): Ephemeral {
    const whisper: Ephemeral = {
      channel: draft.channel,
      user: draft.user,
      ts: this.nextTs(),
      threadTs: draft.threadTs ?? null,
      text: draft.text ?? "",
      blocks: this.complete(draft.blocks),
    };
    this.#ephemerals.push(whisper);
    this.log.add({ kind: "whispered", whisper });
    return whisper;
  }

  /** Deletes any message, as an admin or its author may. */
  erase(channel: string, ts: string): void {
    const previous = this.message(channel, ts);
    if (previous === null || previous.deleted) throw new Error(`no message ${ts} in ${channel}`);
    this.keep({ ...previous, deleted: true });
    this.unpin(channel, ts);
    this.log.add({ kind: "deleted", previous, ts: this.nextTs() });
  }

  setUser(id: string, changes: Partial<SlackUser>): void {
    this.users.set(id, { ...this.user(id), ...changes });
  }

  setChannel(id: string, changes: Partial<SlackChannel>): void {
    this.channels.set(id, { ...this.channel(id), ...changes });
  }

  setGroup(group: NewGroup): void {
    this.groups.set(group.id, completeGroup(group));
  }

  /** Installs the app anew. */
  setScopes(scopes: readonly string[]): void {
    this.#scopes = scopes;
  }

  get scopes(): readonly string[] {
    return this.#scopes;
  }

  user(id: string): SlackUser {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`no user ${id}`);
    return user;
  }

  channel(id: string): SlackChannel {
    const channel = this.channels.get(id);
    if (channel === undefined) throw new Error(`no channel ${id}`);
    return channel;
  }

  channelOrNull(id: string): SlackChannel | null {
    return this.channels.get(id) ?? null;
  }

  /** With the deleted ones, which are marked. */
  message(channel: string, ts: string): Message | null {
    return this.#messages.get(channel)?.get(ts) ?? null;
  }

  /** What the channel and its threads show now, oldest first. */
  messages(channel: string): readonly Message[] {
    return [...(this.#messages.get(channel)?.values() ?? [])].filter((message) => !message.deleted);
  }

  pins(channel: string): readonly string[] {
    return this.#pins.get(channel) ?? [];
  }

  ephemeralsOf(user: string): readonly Ephemeral[] {
    return this.#ephemerals.filter((whisper) => whisper.user === user);
  }

  get notifications(): readonly Notification[] {
    return this.#notifications.all;
  }

  /** How often each user was told, by kind, of the notifications from index `from` on. */
  notificationCounts(from = 0): Readonly<Record<string, NotificationCounts>> {
    return countNotifications(this.notifications.slice(from));
  }

  show(message: Message): object {
    return showMessage(message, this.team, this.bot);
  }

  nextTs(): string {
    return this.#times.next();
  }

  /** Unique in this workspace: "Ev00000001". */
  nextId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${String(this.#ids).padStart(8, "0")}`;
  }

  protected add(fresh: Omit<Message, "ts" | "editedTs" | "deleted">): Message {
    const message: Message = { ...fresh, ts: this.nextTs(), editedTs: null, deleted: false };
    this.keep(message);
    this.#notifications.add(message, this.channel(message.channel), this.users, this.groups);
    this.log.add({ kind: "posted", message });
    return message;
  }

  /** Absent blocks are none. */
  protected complete(blocks: unknown): readonly unknown[] {
    return Array.isArray(blocks) ? completeBlocks(blocks, () => this.nextId("b")) : [];
  }

  protected pin(channel: string, ts: string): void {
    this.#pins.set(channel, [...this.pins(channel), ts]);
    this.log.add({ kind: "pinned", channel, ts });
  }

  protected unpin(channel: string, ts: string): void {
    this.#pins.set(
      channel,
      this.pins(channel).filter((pinned) => pinned !== ts),
    );
  }

  protected keep(message: Message): void {
    const inChannel = this.#messages.get(message.channel) ?? new Map<string, Message>();
    this.#messages.set(message.channel, inChannel.set(message.ts, message));
  }

  /** A reply can't be replied to, nor what is gone. */
  protected isThread(channel: string, ts: string): boolean {
    const message = this.message(channel, ts);
    return message !== null && message.threadTs === null && !message.deleted;
  }

  protected isHidden(channel: SlackChannel): boolean {
    return channel.isPrivate && !channel.members.includes(this.bot.userId);
  }

  protected unreadable(id: string): string | null {
    const channel = this.channels.get(id);
    if (channel === undefined || this.isHidden(channel)) return "channel_not_found";
    return channel.members.includes(this.bot.userId) ? null : "not_in_channel";
  }

  protected unwritable(id: string): string | null {
    return this.unreadable(id) ?? (this.channel(id).archived ? "is_archived" : null);
  }
}
