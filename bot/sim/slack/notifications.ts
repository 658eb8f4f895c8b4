import type { SlackChannel, SlackGroup, SlackUser } from "./directory.ts";
import { mentioned, mentionedByName } from "./mentions.ts";
import type { Message } from "./message.ts";

/** `mention` stands instead of the weaker kinds: one message notifies a user once. */
export interface Notification {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly kind: "message" | "reply" | "mention";
}

export type NotificationCounts = Readonly<Record<Notification["kind"], number>>;

/**
 * Who is told of what. A new message of a channel is news to all of its members, and so is a broadcast reply; another
 * reply is told to those who follow its thread: its author, who replied, and who was called by name in it. Edits, pins and
 * ephemerals tell nobody.
 */
export class Notifications {
  readonly all: Notification[] = [];
  /** By channel and the thread's first message. */
  readonly #followers = new Map<string, Set<string>>();

  add(
    message: Message,
    channel: SlackChannel,
    users: ReadonlyMap<string, SlackUser>,
    groups: ReadonlyMap<string, SlackGroup>,
  ): void {
    const called = mentioned(message, channel, groups);
    const thread = `${channel.id}/${message.threadTs ?? message.ts}`;
    const followers = this.#followers.get(thread) ?? new Set<string>();
    const isForAll = message.threadTs === null || message.broadcast;
    for (const id of channel.members) {
      const user = users.get(id);
      if (user === undefined || user.isBot || user.deleted || id === message.user) continue;
      const kind = called.has(id) ? "mention" : isForAll ? "message" : followers.has(id) ? "reply" : null;
      if (kind !== null) this.all.push({ user: id, channel: channel.id, ts: message.ts, kind });
    }
    // A call of a group or of all makes nobody a follower.
    this.#followers.set(thread, new Set([...followers, message.user, ...mentionedByName(message)]));
  }
}

/** How often each user was told, by kind; who was never told has no row. */
export function countNotifications(list: readonly Notification[]): Readonly<Record<string, NotificationCounts>> {
  const counts: Record<string, NotificationCounts> = {};
  for (const { user, kind } of list) {
    const before = counts[user] ?? { message: 0, reply: 0, mention: 0 };
    counts[user] = { ...before, [kind]: before[kind] + 1 };
  }
  return counts;
}
