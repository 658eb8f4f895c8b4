import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Log } from "../../coordinator/ports.ts";
import { ANA, aWorkspace, OPS } from "../../sim/slack/a-workspace.ts";
import type { Fault } from "../../sim/slack/faults.ts";
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
