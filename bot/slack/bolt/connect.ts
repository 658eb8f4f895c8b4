import type { WebClientOptions } from "@slack/web-api";
import type { Chat, Log, SlackPeople } from "../../coordinator/ports.ts";
import { type Incoming, Once } from "./incoming.ts";
import { quietLogger } from "./quiet-logger.ts";
import { SlackSocket } from "./socket.ts";
import { userGroups } from "./user-groups.ts";
import { webChat } from "./web-chat.ts";

export interface SlackSettings {
  readonly appToken: string;
  readonly botToken: string;
  /** Another API than slack.com's; ends with a slash. */
  readonly apiUrl: string | undefined;
  readonly log: Log;
}

export interface SlackConnection {
  readonly chat: Chat;
  readonly people: SlackPeople;
  /** Two sockets, so that a click in the gap of one is taken by the other. Resolves when both came up, or were stopped. */
  start(incoming: Incoming): Promise<void>;
  stop(): Promise<void>;
  /** How many of the two are up now. */
  connected(): number;
}

const SOCKETS = 2;
/** An answer that never comes must not stop the outbox. */
const CALL_WITHIN = 10_000;

export function connectSlack({ appToken, botToken, apiUrl, log }: SlackSettings): SlackConnection {
  const clientOptions: WebClientOptions = {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: quietLogger(log),
    timeout: CALL_WITHIN,
    // Whoever calls tries again by himself, and knows what is still wanted.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  };
  const sockets: SlackSocket[] = [];
  // An acknowledgement on a connection that was just lost rejects into nowhere inside Bolt; that must not end the bot.
  const lost = (reason: unknown): void => {
    if (!isOfSlack(reason)) throw reason;
    log.warn("slack connection lost", { why: reason instanceof Error ? reason.message : String(reason) });
  };
  return {
    chat: webChat(botToken, clientOptions),
    people: userGroups({ token: botToken, options: clientOptions, log }),
    start: async (incoming) => {
      process.on("unhandledRejection", lost);
      const once = new Once();
      for (let count = 0; count < SOCKETS; count += 1) {
        sockets.push(new SlackSocket({ appToken, botToken, clientOptions, log, once, incoming }));
      }
      await Promise.all(sockets.map((socket) => socket.start()));
    },
    stop: async () => {
      await Promise.all(sockets.map((socket) => socket.stop()));
      process.off("unhandledRejection", lost);
    },
    connected: () => sockets.filter((socket) => socket.isUp()).length,
  };
}

const isOfSlack = (reason: unknown): boolean =>
  typeof reason === "object" && reason !== null && "code" in reason && String(reason.code).startsWith("slack_");
