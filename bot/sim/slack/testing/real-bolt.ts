import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach } from "vitest";
import { ANA, aButton, aSection, aWorkspace, BEN, OPS, someActions } from "../a-workspace.ts";
import type { Message } from "../message.ts";
import { Person } from "../person.ts";
import { type SlackServer, type SlackServerOptions, startSlackServer } from "../server.ts";
import type { Workspace } from "../workspace.ts";

export const botToken = "xoxb-test";
export const appToken = "xapp-test";
const quiet = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A Slack that ends with the test, and two people at it. */
export async function aSlack(options: Partial<SlackServerOptions> = {}) {
  const workspace = options.workspace ?? aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken, ...options });
  endings.push(() => server.close());
  const [ana, ben] = [new Person(workspace, server, ANA), new Person(workspace, server, BEN)];
  return { workspace, server, ana, ben };
}

/** The real Bolt, connected and stopped when the test ends. */
export async function anApp(server: SlackServer, register: (app: App) => void): Promise<App> {
  const clientOptions = { slackApiUrl: server.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quiet,
    clientPingTimeout: 1_000,
    installerOptions: { clientOptions },
  });
  const app = new App({ token: botToken, receiver, clientOptions, logger: quiet });
  register(app);
  await app.start();
  endings.push(() => app.stop());
  return app;
}

export function aClient(server: SlackServer, token = botToken): WebClient {
  const retryConfig = { retries: 0 };
  return new WebClient(token, { slackApiUrl: server.apiUrl, retryConfig, rejectRateLimitedCalls: true, logger: quiet });
}

export function aCard(workspace: Workspace, text = "approve?"): Message {
  const blocks = [
    aSection(text),
    someActions(aButton("Approve", "approve", "req-1"), aButton("Skip…", "skip", "req-1")),
  ];
  const answer = workspace.postMessage({ channel: OPS, text, blocks });
  const message = answer.ok ? workspace.message(OPS, answer.ts) : null;
  if (message === null) throw new Error("the card was refused");
  return message;
}

export function edited(workspace: Workspace): Promise<Message> {
  return workspace.log.until((event) => (event.kind === "edited" ? event.message : null));
}
