import type { WebClientOptions } from "@slack/web-api";
import type { Chat, Log, SlackPeople, Stoppable } from "../../coordinator/ports.ts";
import { type Heard, overheard } from "../slack-call.ts";
import type { Sockets } from "../slack-footing.ts";
import { type Incoming, Once } from "./incoming.ts";
import { hearLostAcks } from "./lost-acks.ts";
import { slackPeople } from "./people.ts";
import { quietLogger } from "./quiet-logger.ts";
import { SlackSocket } from "./socket.ts";
import { webChat } from "./web-chat.ts";

export interface SlackSettings {
  readonly appToken: string;
  readonly botToken: string;
  /** Another API than slack.com's; ends with a slash. */
  readonly apiUrl: string | undefined;
  readonly log: Log;
  /** Hears what comes of each call of the web API. */
  readonly heard?: Heard;
  /** Milliseconds of elapsed time from an arbitrary start, by which what was read of people grows old; the process's own if not given. */
  readonly elapsed?: () => number;
  /** For how many milliseconds what was read of people is believed. */
  readonly keepFor?: number;
  /** Called after each change of the sockets. */
  readonly changed?: (sockets: Sockets) => void;
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

export function connectSlack(settings: SlackSettings): SlackConnection {
  const {
    appToken,
    botToken,
    apiUrl,
    log,
    heard = () => {},
    changed = () => {},
    elapsed = () => performance.now(),
  } = settings;
  const keeping = settings.keepFor === undefined ? {} : { keepFor: settings.keepFor };
  const clientOptions: WebClientOptions = {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    logger: quietLogger(log),
    timeout: CALL_WITHIN,
    // Whoever calls tries again by himself, and knows what is still wanted.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  };
  const sockets: SlackSocket[] = [];
  let lostAcks: Stoppable | null = null;
  const connected = (): number => sockets.filter((socket) => socket.isUp()).length;
  /** Said once, whichever socket has it, until both are up. */
  const said = new Set<string>();
  const tell = (): void => {
    const troubles = sockets.flatMap((socket) => socket.trouble() ?? []);
    for (const { says } of troubles) {
      if (!said.has(says)) log.warn("slack not connected", { why: says, next: "tries again" });
      said.add(says);
    }
    if (connected() === SOCKETS) said.clear();
    const trouble = troubles.find(({ isRefused }) => isRefused) ?? troubles[0] ?? null;
    changed({ up: connected(), wanted: SOCKETS, trouble });
  };
  return {
    chat: overheard(webChat(botToken, clientOptions), heard),
    people: slackPeople({ token: botToken, options: clientOptions, log, heard, elapsed, ...keeping }),
    start: async (incoming) => {
      lostAcks ??= hearLostAcks((why) => log.warn("slack connection lost", { why }));
      const once = new Once();
      for (let count = 0; count < SOCKETS; count += 1) {
        sockets.push(new SlackSocket({ appToken, botToken, clientOptions, log, once, incoming, changed: tell }));
      }
      await Promise.all(sockets.map((socket) => socket.start()));
    },
    stop: async () => {
      await Promise.all(sockets.map((socket) => socket.stop()));
      lostAcks?.stop();
    },
    connected,
  };
}
