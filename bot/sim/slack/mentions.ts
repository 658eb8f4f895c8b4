import type { SlackChannel, SlackGroup } from "./directory.ts";
import { isFields } from "./fields.ts";
import type { Message } from "./message.ts";

const MENTION = /<(?:@([A-Z0-9]+)|!subteam\^([A-Z0-9]+)|!(channel|here|everyone))(?:\|[^>]*)?>/g;

/**
 * The members of the channel that a message calls. With blocks, their mrkdwn counts and `text` is only the fallback;
 * plain_text mentions nobody.
 */
export function mentioned(
  message: Message,
  channel: SlackChannel,
  groups: ReadonlyMap<string, SlackGroup>,
): Set<string> {
  const called = new Set<string>();
  for (const [, user, groupId, all] of shownText(message).matchAll(MENTION)) {
    const group = groups.get(groupId ?? "");
    if (user !== undefined) called.add(user);
    if (group !== undefined && !group.disabled) for (const member of group.users) called.add(member);
    if (all !== undefined) for (const member of channel.members) called.add(member);
  }
  return new Set([...called].filter((user) => channel.members.includes(user)));
}

/** The users whom a message calls by name, in the channel or not. */
export function mentionedByName(message: Message): readonly string[] {
  return [...shownText(message).matchAll(MENTION)].flatMap(([, user]) => (user === undefined ? [] : [user]));
}

function shownText(message: Message): string {
  return message.blocks.length > 0 ? mrkdwnOf(message.blocks).join("\n") : message.text;
}

function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (!isFields(value)) return [];
  if (value["type"] === "mrkdwn" && typeof value["text"] === "string") return [value["text"]];
  return Object.values(value).flatMap(mrkdwnOf);
}
