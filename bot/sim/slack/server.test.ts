import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach, expect, test } from "vitest";
import { ANA, aButton, aSection, aWorkspace, BEN, OPS, someActions } from "./a-workspace.ts";
import { BOT } from "./directory.ts";
import type { Message } from "./message.ts";
import { Person } from "./person.ts";
import { type SlackServer, type SlackServerOptions, startSlackServer } from "./server.ts";
import type { Workspace } from "./workspace.ts";

const botToken = "xoxb-test";
const appToken = "xapp-test";
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

async function start(options: Partial<SlackServerOptions> = {}) {
  const workspace = options.workspace ?? aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken, ...options });
  endings.push(() => server.close());
  const [ana, ben] = [new Person(workspace, server, ANA), new Person(workspace, server, BEN)];
  return { workspace, server, ana, ben };
}

/** The real Bolt, connected and stopped when the test ends. */
async function anApp(server: SlackServer, register: (app: App) => void): Promise<App> {
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

function aClient(server: SlackServer, token = botToken): WebClient {
  const retryConfig = { retries: 0 };
  return new WebClient(token, { slackApiUrl: server.apiUrl, retryConfig, rejectRateLimitedCalls: true, logger: quiet });
}

function aCard(workspace: Workspace, text = "approve?"): Message {
  const blocks = [
    aSection(text),
    someActions(aButton("Approve", "approve", "req-1"), aButton("Skip…", "skip", "req-1")),
  ];
  const answer = workspace.postMessage({ channel: OPS, text, blocks });
  const message = answer.ok ? workspace.message(OPS, answer.ts) : null;
  if (message === null) throw new Error("the card was refused");
  return message;
}

const edited = (workspace: Workspace) =>
  workspace.log.until((event) => (event.kind === "edited" ? event.message : null));

test("Bolt's client posts, edits, replies, pins, whispers, reads and deletes", async () => {
  const { workspace, server } = await start();
  const app = await anApp(server, () => {});
  const blocks = [aSection("hello")];
  const metadata = { event_type: "card", event_payload: { id: "1" } };
  const card = await app.client.chat.postMessage({ channel: OPS, text: "hello", blocks, metadata });
  const ts = card.ts ?? "";
  await app.client.chat.postMessage({ channel: OPS, text: "reply", thread_ts: ts, reply_broadcast: true });
  await app.client.chat.update({ channel: OPS, ts, text: "edited", blocks: [] });
  await app.client.pins.add({ channel: OPS, timestamp: ts });
  await app.client.chat.postEphemeral({ channel: OPS, user: ANA, text: "only you", thread_ts: ts });
  expect(workspace.messages(OPS)).toMatchObject([
    { ts, text: "edited", blocks: [], metadata },
    { text: "reply", threadTs: ts, broadcast: true },
  ]);
  expect(workspace.pins(OPS)).toEqual([ts]);
  expect(workspace.ephemeralsOf(ANA)).toMatchObject([{ text: "only you", threadTs: ts }]);
  expect((await app.client.conversations.replies({ channel: OPS, ts })).messages).toHaveLength(2);
  expect((await app.client.conversations.info({ channel: OPS })).channel).toMatchObject({
    name: "ops",
    is_member: true,
  });
  expect((await app.client.users.info({ user: ANA })).user).toMatchObject({ name: "ana", deleted: false });
  expect((await app.client.usergroups.users.list({ usergroup: "S0OPERATOR" })).users).toEqual([ANA]);
  await app.client.chat.delete({ channel: OPS, ts });
  expect(workspace.message(OPS, ts)?.deleted).toBe(true);
});

test("a JSON body counts as a form does", async () => {
  const { workspace, server } = await start();
  const response = await fetch(`${server.apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { authorization: `Bearer ${botToken}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ channel: OPS, text: "hello", blocks: [aSection("hello")] }),
  });
  expect(await response.json()).toMatchObject({ ok: true, channel: OPS });
  expect(workspace.messages(OPS)).toMatchObject([{ text: "hello", blocks: [aSection("hello")] }]);
});

test("a click reaches its handler, is acknowledged, and the card is edited", async () => {
  const { workspace, server, ana } = await start();
  const clicks: object[] = [];
  await anApp(server, (app) => {
    app.action("approve", async ({ ack, body, action, client }) => {
      await ack();
      clicks.push({ user: body.user.id, action });
      if (body.type !== "block_actions" || body.message === undefined) throw new Error("not from a message");
      await client.chat.update({ channel: OPS, ts: body.message.ts, text: `approved by ${body.user.id}`, blocks: [] });
    });
  });
  const card = aCard(workspace);
  const after = edited(workspace);
  expect(await ana.click({ channel: OPS, ts: card.ts, buttonText: "Approve" })).toMatchObject({ acked: true, sent: 1 });
  expect(await after).toMatchObject({ ts: card.ts, text: `approved by ${ANA}` });
  const button = { type: "button", action_id: "approve", value: "req-1", block_id: expect.any(String) };
  expect(clicks).toMatchObject([{ user: ANA, action: button }]);
});

test("a click on what isn't there names the buttons that are", async () => {
  const { workspace, ana } = await start();
  const { ts } = aCard(workspace);
  await expect(ana.click({ channel: OPS, ts, actionId: "force" })).rejects.toThrow(
    '0 buttons are "force"; the message shows: [Approve] approve, [Skip…] skip',
  );
});

test("a person may click the card as they saw it before an edit", async () => {
  const { workspace, server, ana } = await start();
  const texts: unknown[] = [];
  await anApp(server, (app) => {
    app.action("approve", async ({ ack, body }) => {
      if (body.type === "block_actions") texts.push(body.message?.text);
      await ack();
    });
  });
  const seen = aCard(workspace);
  workspace.update({ channel: OPS, ts: seen.ts, text: "void", blocks: [] });
  await expect(ana.click({ channel: OPS, ts: seen.ts, actionId: "approve" })).rejects.toThrow(
    "the message shows: none",
  );
  expect(await ana.click({ channel: OPS, ts: seen.ts, actionId: "approve", seen })).toMatchObject({ acked: true });
  expect(texts).toEqual(["approve?"]);
});

test("respond() answers the one who clicked, or replaces the card", async () => {
  const { workspace, server, ana, ben } = await start();
  await anApp(server, (app) => {
    app.action("approve", async ({ ack, respond }) => {
      await ack();
      await respond({ response_type: "ephemeral", replace_original: false, text: "Only operators may approve." });
      await respond({ replace_original: true, text: "replaced", blocks: [] });
    });
  });
  const { ts } = aCard(workspace);
  const after = edited(workspace);
  await ben.click({ channel: OPS, ts, actionId: "approve" });
  expect(await ben.nextEphemeral()).toMatchObject({ text: "Only operators may approve.", channel: OPS });
  expect(await after).toMatchObject({ ts, text: "replaced" });
  expect(ana.ephemerals()).toEqual([]);
});

test("a thread reply reaches the message handler with its thread; a private answer comes back", async () => {
  const { workspace, server, ana } = await start();
  const heard: object[] = [];
  await anApp(server, (app) => {
    app.message("approve", async ({ message, client }) => {
      heard.push(message);
      if (message.subtype !== undefined) return;
      const thread_ts = message.thread_ts ?? "";
      await client.chat.postEphemeral({ channel: OPS, user: message.user, thread_ts, text: "noted" });
    });
  });
  const { ts } = aCard(workspace, "a card");
  const said = await ana.reply({ channel: OPS, threadTs: ts, text: "approve 01" });
  expect(said).toMatchObject({ acked: true, deliveries: [{ sent: 1 }] });
  expect(await ana.nextEphemeral()).toMatchObject({ text: "noted", threadTs: ts });
  expect(heard).toMatchObject([
    { user: ANA, thread_ts: ts, parent_user_id: BOT.userId, ts: said.ts, channel_type: "channel" },
  ]);
});

test("calling the bot makes a message and an app_mention", async () => {
  const { server, ana } = await start();
  const mention = Promise.withResolvers<string>();
  const message = Promise.withResolvers<string | undefined>();
  await anApp(server, (app) => {
    app.event("app_mention", async ({ event }) => mention.resolve(event.text));
    app.event("message", async ({ event }) => message.resolve(event.subtype));
  });
  const text = `<@${BOT.userId}> approve`;
  const said = await ana.say({ channel: OPS, text });
  expect(said).toMatchObject({ acked: true, deliveries: [{ sent: 1 }, { sent: 1 }] });
  expect(await Promise.all([mention.promise, message.promise])).toEqual([text, undefined]);
});

test("a slash command's ack is shown to the one who typed it", async () => {
  const { server, ana, ben } = await start();
  await anApp(server, (app) => {
    app.command("/bootswain", async ({ ack, command }) => ack(`you asked for ${command.text}`));
  });
  expect(await ana.command({ channel: OPS, command: "/bootswain", text: "status" })).toMatchObject({ acked: true });
  expect(await ana.nextEphemeral()).toMatchObject({ text: "you asked for status" });
  expect(ben.ephemerals()).toEqual([]);
});

test("the app hears its own edits, and a card that somebody deleted", async () => {
  const { workspace, server } = await start();
  const heard: unknown[] = [];
  const { promise: bothHeard, resolve } = Promise.withResolvers<void>();
  await anApp(server, (app) => {
    app.event("message", async ({ event }) => {
      heard.push(event.subtype);
      if (heard.length === 2) resolve();
    });
  });
  const { ts } = aCard(workspace);
  workspace.update({ channel: OPS, ts, text: "edited" });
  workspace.erase(OPS, ts);
  await bothHeard;
  expect(heard).toEqual(["message_changed", "message_deleted"]);
});

test("with two apps connected each envelope reaches exactly one", async () => {
  const picks = [1, 0, 0, 1, 1, 0];
  const { workspace, server, ana } = await start({ choose: () => picks.shift() ?? 0 });
  const reached: string[] = [];
  for (const name of ["one", "two"]) {
    await anApp(server, (app) => {
      app.action("approve", async ({ ack }) => {
        reached.push(name);
        await ack();
      });
    });
  }
  expect(server.connections).toBe(2);
  const blocks = [someActions(aButton("Approve", "approve"))];
  const { ts } = aCard(workspace);
  workspace.update({ channel: OPS, ts, text: "again", blocks });
  for (let click = 0; click < 4; click += 1) await ana.click({ channel: OPS, ts, actionId: "approve" });
  expect(reached).toEqual(["one", "two", "two", "one"]);
  expect(server.sendings.every(({ attempt, acked }) => attempt === 0 && acked)).toBe(true);
});

const long = (length: number) => "a".repeat(length);
test.each([
  {
    sentence: "51 blocks",
    blocks: Array.from({ length: 51 }, () => ({ type: "divider" })),
    place: "no more than 50 items allowed [json-pointer:/blocks]",
  },
  {
    sentence: "3,001 characters",
    blocks: [aSection(long(3_001))],
    place: "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  },
  {
    sentence: "a button text of 76",
    blocks: [someActions(aButton(long(76), "go"))],
    place: "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  },
  {
    sentence: "the same block_id twice",
    blocks: [
      { type: "divider", block_id: "d" },
      { type: "divider", block_id: "d" },
    ],
    place: "`block_id` already exists [json-pointer:/blocks/1/block_id]",
  },
])("Bolt's client sees Slack's refusal of $sentence", async ({ blocks, place }) => {
  const { server } = await start();
  const post = aClient(server).apiCall("chat.postMessage", { channel: OPS, text: "x", blocks });
  const data = { ok: false, error: "invalid_blocks", response_metadata: { messages: [`[ERROR] ${place}`] } };
  await expect(post).rejects.toMatchObject({ code: "slack_webapi_platform_error", data });
});

test.each([
  { sentence: "another bot token", token: "xoxb-other", error: "invalid_auth" },
  { sentence: "the app's token", token: appToken, error: "not_allowed_token_type" },
])("$sentence may not post: $error", async ({ token, error }) => {
  const { server } = await start();
  const post = aClient(server, token).chat.postMessage({ channel: OPS, text: "x" });
  await expect(post).rejects.toMatchObject({ data: { error } });
});

test.each([
  { sentence: "another app token", token: "xapp-other", error: "invalid_auth" },
  { sentence: "the bot's token", token: botToken, error: "not_allowed_token_type" },
])("$sentence opens no socket: $error", async ({ token, error }) => {
  const { server } = await start();
  await expect(aClient(server, token).apps.connections.open({})).rejects.toMatchObject({ data: { error } });
});

test("a revoked token stops every call, and counts again when it is taken back", async () => {
  const { server } = await start();
  const client = aClient(server);
  server.revokeTokens("token_revoked");
  await expect(client.auth.test()).rejects.toMatchObject({ data: { error: "token_revoked" } });
  server.revokeTokens(null);
  expect(await client.auth.test()).toMatchObject({ user_id: BOT.userId, bot_id: BOT.botId });
});

test("a 429 carries its Retry-After, happens once and edits nothing", async () => {
  const { workspace, server } = await start();
  const client = aClient(server);
  const { ts } = aCard(workspace);
  server.failNext("chat.update", { kind: "rate-limited", retryAfterSeconds: 7 });
  const update = { channel: OPS, ts, text: "edited", blocks: [] };
  await expect(client.chat.update(update)).rejects.toMatchObject({
    code: "slack_webapi_rate_limited_error",
    retryAfter: 7,
  });
  expect(workspace.message(OPS, ts)?.text).toBe("approve?");
  await client.chat.update(update);
  expect(workspace.message(OPS, ts)?.text).toBe("edited");
  expect(server.requests.map(({ error }) => error)).toEqual(["429", null]);
});

test("a 503 and a lost answer are errors to the client, and the lost answer's post is there", async () => {
  const { workspace, server } = await start();
  const client = aClient(server);
  server.failNext("chat.postMessage", { kind: "status", code: 503 }, { kind: "cut", arrived: true });
  const post = () => client.chat.postMessage({ channel: OPS, text: "x" });
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_http_error", statusCode: 503 });
  expect(workspace.messages(OPS)).toHaveLength(0);
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
  expect(workspace.messages(OPS)).toHaveLength(1);
});

test.each([
  { sentence: "cut sockets", lose: (server: SlackServer) => server.dropSockets() },
  { sentence: "a disconnect frame", lose: (server: SlackServer) => server.disconnectSockets("refresh_requested") },
])("Bolt comes back after $sentence, and clicks arrive again", async ({ lose }) => {
  const { workspace, server, ana } = await start();
  await anApp(server, (app) => app.action("approve", async ({ ack }) => ack()));
  const { ts } = aCard(workspace);
  lose(server);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toEqual({ acked: false, answer: null, sent: 0 });
  await server.connected(1);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toMatchObject({ acked: true });
});

test("a ticket opens one socket only", async () => {
  const { server } = await start();
  const { url } = await aClient(server, appToken).apps.connections.open({});
  const open = (type: "open" | "error") => {
    const socket = new WebSocket(url ?? "");
    return new Promise((resolve) => socket.addEventListener(type, resolve));
  };
  await open("open");
  await open("error");
  expect(server.connections).toBe(1);
});
