import type { Chat, ChatAnswer } from "../coordinator/ports.ts";

/** A call of Slack's web API and what came of it. */
export interface SlackCall {
  readonly method: string;
  readonly channel: string | null;
  readonly answer: ChatAnswer;
}

export type Heard = (call: SlackCall) => void;

/** The same chat, with somebody who hears what comes of each call. */
export function overheard(chat: Chat, heard: Heard): Chat {
  const told = async (method: string, channel: string | null, call: Promise<ChatAnswer>): Promise<ChatAnswer> => {
    const answer = await call;
    heard({ method, channel, answer });
    return answer;
  };
  return {
    post: (message) => told("chat.postMessage", message.channel, chat.post(message)),
    update: (message) => told("chat.update", message.channel, chat.update(message)),
    pin: (channel, ts) => told("pins.add", channel, chat.pin(channel, ts)),
    find: (wanted) =>
      told(
        wanted.threadTs === undefined ? "conversations.history" : "conversations.replies",
        wanted.channel,
        chat.find(wanted),
      ),
    open: (triggerId, view) => told("views.open", null, chat.open(triggerId, view)),
    tell: (whisper) => told("chat.postEphemeral", whisper.channel, chat.tell(whisper)),
  };
}
