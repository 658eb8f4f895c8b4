import type { SlackBot, SlackTeam } from "./directory.ts";
import { isFields, listOf } from "./fields.ts";

export interface Message {
  readonly channel: string;
  readonly ts: string;
  /** The ts of the thread's first message; null for a message of the channel itself. */
  readonly threadTs: string | null;
  /** A reply that the channel shows too. */
  readonly broadcast: boolean;
  readonly user: string;
  /** mrkdwn as Slack sends it: "&lt;" for "<", "<@U1>" for a mention. */
  readonly text: string;
  /** As posted, with the block and action ids that Slack adds where there are none. */
  readonly blocks: readonly unknown[];
  readonly metadata: unknown;
  readonly editedTs: string | null;
  readonly deleted: boolean;
}

/** A message that only `user` sees. It is never edited and is gone when they reload; here it stays readable. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** Fills the ids that Slack fills, each from `nextId`, on a deep copy. */
export function completeBlocks(blocks: readonly unknown[], nextId: () => string): readonly unknown[] {
  return structuredClone(blocks).map((block) => {
    if (!isFields(block)) return block;
    const inner = (name: string) =>
      isFields(block[name]) ? { [name]: completeElement(block[name], nextId) } : undefined;
    const completed = { ...block, block_id: block["block_id"] ?? nextId(), ...inner("accessory"), ...inner("element") };
    if (block["type"] !== "actions") return completed;
    return { ...completed, elements: listOf(block["elements"]).map((element) => completeElement(element, nextId)) };
  });
}

function completeElement(element: unknown, nextId: () => string): unknown {
  if (!isFields(element) || element["type"] === "image") return element;
  return { ...element, action_id: element["action_id"] ?? nextId() };
}

/** A message as the Web API and the events show it: without its metadata, which Slack gives only to who asks for it. */
export function showMessage(message: Message, team: SlackTeam, bot: SlackBot) {
  return {
    type: "message",
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(message.user === bot.userId ? { bot_id: bot.botId, app_id: bot.appId } : {}),
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.broadcast ? { subtype: "thread_broadcast" } : {}),
    ...(message.editedTs === null ? {} : { edited: { user: message.user, ts: message.editedTs } }),
  };
}

export function showWithMetadata(message: Message, team: SlackTeam, bot: SlackBot) {
  const shown = showMessage(message, team, bot);
  return message.metadata === null ? shown : { ...shown, metadata: message.metadata };
}
