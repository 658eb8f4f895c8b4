import type { Block, KnownBlock, ModalView } from "@slack/types";
import type { WebClient, WebClientOptions } from "@slack/web-api";
import type { Chat, ChatAnswer } from "../../coordinator/ports.ts";
import { field } from "../field.ts";
import { failure, slackClient } from "./client.ts";

/** The port `Chat` on Slack's web API. Answers to people have a client and a queue of their own, so that they wait for no board. */
export function webChat(token: string, options: WebClientOptions): Chat {
  const boards = slackClient(token, options);
  const answers = slackClient(token, options);
  return {
    post: ({ channel, threadTs, text, blocks, broadcast, key }) =>
      answered(async () => {
        const metadata = key === undefined ? {} : { metadata: { event_type: KEYED, event_payload: { key } } };
        const message = { channel, text, blocks: blocks.filter(isBlock), ...metadata, ...NO_PREVIEWS };
        if (threadTs === undefined) return (await boards.chat.postMessage(message)).ts;
        return (await boards.chat.postMessage({ ...message, thread_ts: threadTs, reply_broadcast: broadcast === true }))
          .ts;
      }),
    update: ({ channel, ts, text, blocks }) =>
      answered(async () => (await boards.chat.update({ channel, ts, text, blocks: blocks.filter(isBlock) })).ts),
    pin: (channel, ts) =>
      answered(async () => {
        await boards.pins.add({ channel, timestamp: ts });
        return ts;
      }),
    find: (wanted) => answered(() => newestWith(boards, wanted)),
    open: (triggerId, view) =>
      answered(async () => {
        if (!isModal(view)) throw new Error("not a modal");
        return (await answers.views.open({ trigger_id: triggerId, view })).view?.id;
      }),
    tell: ({ channel, user, threadTs, text }) =>
      answered(async () => {
        const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
        return (await answers.chat.postEphemeral({ channel, user, text, ...thread })).message_ts;
      }),
  };
}

const KEYED = "bootswain_message";
/** A card links to commits, and is not to be buried under what Slack shows of their pages. */
const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false };
const PAGE = 200;
/** A busy channel's messages of some minutes; a message that is not among the first 2,000 since then is not ours. */
const PAGES = 10;

/** History shows metadata only when asked to, and with `oldest` alone begins with the pages that are closest to it. */
async function newestWith(client: WebClient, { channel, threadTs, key, since }: Parameters<Chat["find"]>[0]) {
  const oldest = (since / 1_000).toFixed(6);
  const where = { channel, oldest, inclusive: true, include_all_metadata: true, limit: PAGE };
  const found: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const asked = cursor === undefined ? where : { ...where, cursor };
    const { messages = [], response_metadata } =
      threadTs === undefined
        ? await client.conversations.history(asked)
        : await client.conversations.replies({ ...asked, ts: threadTs });
    found.push(...messages.flatMap((message) => (keyIn(message) === key ? [message.ts ?? ""] : [])));
    cursor = response_metadata?.next_cursor;
    if (cursor === undefined || cursor === "") break;
  }
  // Seconds have ten digits until the year 2286, so the later one sorts behind.
  return found.sort().at(-1);
}

const keyIn = (message: unknown): unknown => {
  const metadata = field(message, "metadata");
  return field(metadata, "event_type") === KEYED ? field(field(metadata, "event_payload"), "key") : undefined;
};

const isModal = (view: unknown): view is ModalView => field(view, "type") === "modal";

/** The view makes plain data; what its shape must be is checked against Slack's limits in tests. */
const isBlock = (block: unknown): block is KnownBlock | Block =>
  typeof block === "object" && block !== null && "type" in block;

async function answered(call: () => Promise<string | undefined>): Promise<ChatAnswer> {
  try {
    return { ok: true, ts: (await call()) ?? "" };
  } catch (error) {
    return failure(error);
  }
}
