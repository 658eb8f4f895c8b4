import type { Chat, ChatAnswer, Log } from "../coordinator/ports.ts";

/** Says in the log what it would say in Slack: for runs without Slack's tokens. */
export function logChat(log: Log): Chat {
  let posted = 0;
  const done = async (event: string, fields: Record<string, unknown>, ts?: string): Promise<ChatAnswer> => {
    log.info(event, fields);
    posted += 1;
    return { ok: true, ts: ts ?? `log.${posted}` };
  };
  return {
    post: ({ channel, text, threadTs }) =>
      done("slack would post", { channel, text, ...(threadTs === undefined ? {} : { threadTs }) }),
    update: ({ channel, ts, text }) => done("slack would update", { channel, ts, text }, ts),
    pin: (channel, ts) => done("slack would pin", { channel, ts }, ts),
    find: async () => ({ ok: true, ts: "" }),
    open: async () => ({ ok: false, error: "no slack" }),
    tell: ({ channel, user, text }) => done("slack would tell", { channel, user, text }),
  };
}
