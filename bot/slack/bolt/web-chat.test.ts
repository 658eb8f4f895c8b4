import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Chat, Log } from "../../coordinator/ports.ts";
import { ANA, aWorkspace, OPS } from "../../sim/slack/a-workspace.ts";
import type { Fault } from "../../sim/slack/fault.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import { connectSlack } from "./connect.ts";
import { quietLogger } from "./quiet-logger.ts";
import { webChat } from "./web-chat.ts";

const botToken = "xoxb-test";
const endings: (() => Promise<unknown>)[] = [];
const silent: Log = { info: () => {}, warn: () => {} };

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function aChat() {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken: "xapp-test" });
  endings.push(() => server.close());
  const { chat } = connectSlack({ appToken: "xapp-test", botToken, apiUrl: server.apiUrl, log: silent });
  return { workspace, server, chat };
}

const message = { channel: OPS, text: "hello", blocks: [] };

const failures: readonly (readonly [string, Fault, object])[] = [
  [
    "a rate limit",
    { kind: "rate-limited", retryAfterSeconds: 30 },
    { ok: false, error: "ratelimited", retryAfterSeconds: 30 },
  ],
  ["Slack's own refusal", { kind: "error", error: "is_archived" }, { ok: false, error: "is_archived" }],
  ["a 503", { kind: "status", code: 503 }, { ok: false, error: "unanswered" }],
  ["a cut connection", { kind: "cut", arrived: true }, { ok: false, error: "unanswered" }],
];
test.each(failures)("%s is an answer, and is not tried again here", async (_, fault, answer) => {
  const { server, chat } = await aChat();
  server.failNext("chat.postMessage", fault);
  expect(await chat.post(message)).toEqual(answer);
  expect(server.requests.map(({ method }) => method)).toEqual(["chat.postMessage"]);
});

const METHODS = [
  ["post", "chat.postMessage", (chat: Chat) => chat.post(message)],
  ["update", "chat.update", (chat: Chat) => chat.update({ ...message, ts: "1.1" })],
  ["open", "views.open", (chat: Chat) => chat.open("1.2.abc", { type: "modal" })],
  ["pin", "pins.add", (chat: Chat) => chat.pin(OPS, "1.1")],
  ["find", "conversations.history", (chat: Chat) => chat.find({ channel: OPS, key: "k", since: 0 })],
] as const;
test.each(METHODS)("429 with and without Retry-After on %s", async (_, method, call) => {
  const { server, chat } = await aChat();
  server.failNext(method, { kind: "rate-limited", retryAfterSeconds: 7 }, { kind: "rate-limited" });
  expect(await call(chat)).toEqual({ ok: false, error: "ratelimited", retryAfterSeconds: 7 });
  expect(await call(chat)).toEqual({ ok: false, error: "ratelimited" });
  expect(server.requests).toHaveLength(2);
});

test("a board's rate limit does not hold up an answer to a person", async () => {
  const { server, chat, workspace } = await aChat();
  server.failNext("chat.postMessage", { kind: "rate-limited", retryAfterSeconds: 30 });
  await chat.post(message);
  expect(await chat.tell({ channel: OPS, user: ANA, text: "noted" })).toMatchObject({ ok: true });
  expect(workspace.ephemeralsOf(ANA).map(({ text }) => text)).toEqual(["noted"]);
});

test("a line in a thread is broadcast only when that is asked for", async () => {
  const { chat, workspace } = await aChat();
  const posted = await chat.post(message);
  const threadTs = posted.ok ? posted.ts : "";
  await chat.post({ ...message, threadTs });
  await chat.post({ ...message, threadTs, broadcast: true });
  expect(workspace.messages(OPS).map(({ broadcast }) => broadcast)).toEqual([false, false, true]);
});

test("a message is found by its key, in its channel or its thread, and nothing is found by another", async () => {
  const { chat } = await aChat();
  const card = await chat.post({ ...message, key: "card 1" });
  const threadTs = card.ok ? card.ts : "";
  const line = await chat.post({ ...message, threadTs, key: "line 1" });
  await chat.post(message);
  const find = (key: string, thread = {}) => chat.find({ channel: OPS, key, since: 0, ...thread });
  expect(await find("card 1")).toEqual(card);
  expect(await find("line 1", { threadTs })).toEqual(line);
  expect([await find("card 2"), await find("line 1")]).toEqual([
    { ok: true, ts: "" },
    { ok: true, ts: "" },
  ]);
});

const keyed = (ts: string, key: string) => ({
  ts,
  metadata: { event_type: "bootswain_message", event_payload: { key } },
});

test("history is read page by page with its metadata, from the time given on, and the newest with the key counts", async () => {
  const asked: URLSearchParams[] = [];
  const pages = [
    {
      messages: [keyed("1700000009.000200", "k"), { ts: "1700000009.000100" }],
      response_metadata: { next_cursor: "2" },
    },
    { messages: [keyed("1700000010.000100", "k"), keyed("1700000011.000100", "other")] },
  ];
  const chat = await scripted((form) => {
    asked.push(form);
    return { ok: true, ...pages[asked.length - 1] };
  });
  const found = await chat.find({ channel: OPS, key: "k", since: 1_700_000_000_123 });
  expect(found).toEqual({ ok: true, ts: "1700000010.000100" });
  expect(asked.map((form) => Object.fromEntries(form))).toEqual([
    { channel: OPS, oldest: "1700000000.123000", inclusive: "true", include_all_metadata: "true", limit: "200" },
    expect.objectContaining({ cursor: "2", oldest: "1700000000.123000" }),
  ]);
});

test("what Slack says it needs comes with the answer", async () => {
  const chat = await scripted(() => ({
    ok: false,
    error: "missing_scope",
    needed: "pins:write",
    provided: "chat:write",
  }));
  expect(await chat.pin(OPS, "1.1")).toEqual({ ok: false, error: "missing_scope", needed: "pins:write" });
});

/** A chat on a server that answers as told. */
async function scripted(answer: (form: URLSearchParams) => object): Promise<Chat> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answer(new URLSearchParams(Buffer.concat(chunks).toString("utf8")))));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return webChat(botToken, {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    logger: quietLogger(silent),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
}

test("an answer that never comes is given up", async () => {
  const hanging = createServer(() => {});
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  const address = hanging.address();
  const port = typeof address === "object" ? address?.port : 0;
  endings.push(async () => {
    hanging.closeAllConnections();
    await new Promise((resolve) => hanging.close(resolve));
  });
  const chat = webChat(botToken, {
    slackApiUrl: `http://127.0.0.1:${port}/api/`,
    logger: quietLogger(silent),
    retryConfig: { retries: 0 },
    timeout: 50,
  });
  expect(await chat.post(message)).toEqual({ ok: false, error: "unanswered" });
});
