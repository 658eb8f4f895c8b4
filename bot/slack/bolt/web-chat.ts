import type { Block, KnownBlock, ModalView } from "@slack/types";
import { ErrorCode, WebClient, type WebClientOptions } from "@slack/web-api";
import type { Chat, ChatAnswer } from "../../coordinator/ports.ts";

/**
 * The port `Chat` on Slack's web API. `options` must switch retries off, since the outbox knows what is still wanted, and
 * reject rate-limited calls, since the client else pauses all of its calls. Answers to people have a client and a queue of
 * their own, so that they wait for no board.
 */
export function webChat(token: string, options: WebClientOptions): Chat {
  const boards = new WebClient(token, options);
  const answers = new WebClient(token, options);
  return {
    post: ({ channel, threadTs, text, blocks, broadcast, key }) =>
      answered(async () => {
        const metadata = key === undefined ? {} : { metadata: { event_type: KEYED, event_payload: { key } } };
        const message = { channel, text, blocks: blocks.filter(isBlock), ...metadata };
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
    find: ({ channel, threadTs, key, since }) =>
      answered(async () => {
        const where = { channel, oldest: String(since / 1_000), include_all_metadata: true, limit: 100 };
        const { messages = [] } =
          threadTs === undefined
            ? await boards.conversations.history(where)
            : await boards.conversations.replies({ ...where, ts: threadTs });
        return messages.findLast((message) => keyIn(message) === key)?.ts;
      }),
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

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;

/** What Slack's client throws, as the answer that it is. */
export function failure(error: unknown): ChatAnswer & { readonly ok: false } {
  const code = field(error, "code");
  if (code === ErrorCode.RateLimitedError) {
    const seconds = Number(field(error, "retryAfter"));
    return { ok: false, error: "ratelimited", retryAfterSeconds: Number.isFinite(seconds) ? seconds : 30 };
  }
  if (code === ErrorCode.PlatformError)
    return { ok: false, error: String(field(field(error, "data"), "error") ?? "unknown") };
  return { ok: false, error: "unanswered" };
}
