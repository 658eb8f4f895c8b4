import type { Chat, Footing, Log, SlackPeople } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import type { Metrics } from "../http/metrics.ts";
import { systemClock } from "../process/clock.ts";
import { EXIT, UserError } from "../process/exit.ts";
import { connectSlack, type SlackConnection } from "../slack/bolt/connect.ts";
import { logChat } from "../slack/log-chat.ts";
import { NO_PEOPLE } from "../slack/no-people.ts";
import { NO_SLACK, SlackFooting } from "../slack/slack-footing.ts";

export interface Slack {
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly footing: Footing;
  /** Null without tokens. */
  readonly connection: SlackConnection | null;
}

interface Settings {
  readonly apiUrl: string | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  /** How often the bot asks about those whose decisions matter. */
  readonly peopleEvery: Duration;
}

/** Without both tokens the bot says in its log what it would say in Slack. */
export function slackFromEnvironment({ apiUrl, log, metrics, peopleEvery }: Settings): Slack {
  const { SLACK_APP_TOKEN: appToken, SLACK_BOT_TOKEN: botToken } = process.env;
  if (appToken === undefined && botToken === undefined) {
    log.info("no slack", { says: "Without SLACK_APP_TOKEN and SLACK_BOT_TOKEN what would be said goes to this log." });
    return { chat: logChat(log), people: NO_PEOPLE, footing: NO_SLACK, connection: null };
  }
  if (appToken === undefined || botToken === undefined) {
    throw new UserError(
      "Slack needs both SLACK_APP_TOKEN (xapp-…) and SLACK_BOT_TOKEN (xoxb-…), and only one is set.",
      EXIT.usage,
    );
  }
  const footing = new SlackFooting(systemClock);
  const connection = connectSlack({
    appToken,
    botToken,
    apiUrl,
    log,
    // As long as that, and each second look would be answered by what the first one read.
    keepFor: peopleEvery / 2,
    heard: (call) => {
      footing.heard(call);
      metrics.countSlackCall(call.method, call.answer.ok ? "ok" : call.answer.error);
    },
    changed: (sockets) => footing.socketsChanged(sockets),
  });
  return { chat: connection.chat, people: connection.people, footing, connection };
}
