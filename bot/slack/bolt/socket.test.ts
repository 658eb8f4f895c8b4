import { afterEach, expect, test } from "vitest";
import type { Log } from "../../coordinator/ports.ts";
import { ANA, aButton, aWorkspace, OPS, someActions } from "../../sim/slack/a-workspace.ts";
import { BOT } from "../../sim/slack/directory.ts";
import { clickEnvelope, messageEvents } from "../../sim/slack/envelope.ts";
import { buttonsOf, Person } from "../../sim/slack/person.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import type { Click, Written } from "../deeds.ts";
import { hearing } from "../testing/incoming.ts";
import { connectSlack } from "./connect.ts";

const botToken = "xoxb-test";
const appToken = "xapp-test";
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function aServer() {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, botToken, appToken });
  endings.push(() => server.close());
  const clicks: Click[] = [];
  const written: Written[] = [];
  const warned: string[] = [];
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push(`${event} ${JSON.stringify(fields)}`) };
  const slack = connectSlack({ appToken, botToken, apiUrl: server.apiUrl, log });
  const start = () =>
    slack.start({
      clicked: (click) => void clicks.push(click),
      written: (one) => void written.push(one),
      commanded: async ({ text }) => `You said ${text}.`,
      errorsIn: () => null,
      submitted: () => {},
    });
  endings.push(() => slack.stop());
  return { workspace, server, slack, start, clicks, written, warned, ana: new Person(workspace, server, ANA) };
}

async function aConnection() {
  const parts = await aServer();
  await parts.start();
  const blocks = [{ ...someActions(aButton("Approve", "approve:c:k")), block_id: "h1-0" }];
  const posted = await parts.slack.chat.post({ channel: OPS, text: "a card", blocks });
  if (!posted.ok) throw new Error(posted.error);
  return { ...parts, ts: posted.ts };
}

test("two sockets are open, and a click on any button is acknowledged and handed on with what was seen", async () => {
  const { server, slack, ana, ts, clicks } = await aConnection();
  expect([server.connections, slack.connected()]).toEqual([2, 2]);
  const { acked } = await ana.click({ channel: OPS, ts, buttonText: "Approve" });
  expect(acked).toBe(true);
  expect(clicks).toMatchObject([{ actionId: "approve:c:k", user: ANA, channel: OPS, messageTs: ts, seen: "h1" }]);
});

test("the same click and the same message that come over both sockets are handed on once", async () => {
  const { workspace, server, ts, clicks, written } = await aConnection();
  const message = workspace.message(OPS, ts);
  const [placed] = message === null ? [] : buttonsOf(message);
  if (message === null || placed === undefined) throw new Error("no button");
  const { blockId, button } = placed;
  const click = clickEnvelope(workspace, { user: ANA, message, blockId, button, responseUrl: "" });
  const said = messageEvents(workspace, workspace.say({ channel: OPS, threadTs: ts, text: "approve", user: ANA }));
  for (const envelope of [click, click, ...said, ...said]) await server.deliver(envelope);
  expect(new Set(server.sendings.filter(({ envelope }) => envelope === click).map(({ link }) => link)).size).toBe(2);
  expect([clicks.length, written.map(({ text }) => text)]).toEqual([1, ["approve"]]);
});

test("two replicas on one app have four sockets, and each click is taken by one of them", async () => {
  const { workspace, server, ana, ts, clicks } = await aConnection();
  const others: Click[] = [];
  const log: Log = { info: () => {}, warn: () => {} };
  const standby = connectSlack({ appToken, botToken, apiUrl: server.apiUrl, log });
  endings.push(() => standby.stop());
  await standby.start(hearing({ clicked: (click) => void others.push(click) }));
  expect([server.connections, standby.connected()]).toEqual([4, 2]);
  for (let count = 0; count < 4; count += 1) await ana.click({ channel: OPS, ts, buttonText: "Approve" });
  expect([clicks.length, others.length]).toEqual([2, 2]);
  expect(workspace.messages(OPS)).toHaveLength(1);
});

test("a mention in a thread is a message and a mention, and is handed on once", async () => {
  const { ana, ts, written } = await aConnection();
  await ana.reply({ channel: OPS, threadTs: ts, text: `<@${BOT.userId}> approve` });
  expect(written).toMatchObject([{ text: "  approve", isAddressed: true }]);
});

test("what stands outside threads and is not said to the bot, and what the bot itself writes, is not handed on", async () => {
  const { ana, slack, ts, written } = await aConnection();
  await ana.say({ channel: OPS, text: "approve" });
  await slack.chat.post({ channel: OPS, threadTs: ts, text: "approve", blocks: [] });
  await ana.reply({ channel: OPS, threadTs: ts, text: "retry" });
  expect(written.map(({ text }) => text)).toEqual(["retry"]);
});

test("a slash command is handed on, whatever its name, and its answer is told to that person alone", async () => {
  const { ana } = await aConnection();
  const { acked } = await ana.command({ channel: OPS, command: "/bootswain-prod", text: "approve 01" });
  expect(acked).toBe(true);
  expect((await ana.nextEphemeral()).text).toBe("You said approve 01.");
});

const losses = ["cut", "warning", "refresh_requested", "link_disabled"] as const;
test.each(losses)("after %s both sockets come back and clicks arrive", async (loss) => {
  const { server, ana, ts, clicks } = await aConnection();
  if (loss === "cut") server.dropSockets();
  else server.disconnectSockets(loss);
  await server.connected(2);
  await ana.click({ channel: OPS, ts, buttonText: "Approve" });
  expect(clicks).toHaveLength(1);
});

test("tokens that are refused at reconnect end nothing: it is said, tried again, and clicks arrive later", async () => {
  const { server, ana, ts, clicks, warned } = await aConnection();
  const refused = { kind: "error", error: "invalid_auth" } as const;
  server.failNext("apps.connections.open", refused, refused);
  server.failNext("auth.test", refused);
  server.dropSockets();
  await server.connected(2);
  await ana.click({ channel: OPS, ts, buttonText: "Approve" });
  expect(clicks).toHaveLength(1);
  const said = warned.filter((line) => line.startsWith("slack not connected"));
  expect(said[0]).toMatch(/Slack refuses SLACK_(APP|BOT)_TOKEN \(invalid_auth\)\. Copy it again from /);
  expect(said.length).toBeLessThanOrEqual(2);
  expect(warned.join("\n")).not.toMatch(/xoxb-|xapp-/);
});

test("a bad token at the start is waited out", async () => {
  const { server, slack, start } = await aServer();
  server.failNext("auth.test", { kind: "error", error: "invalid_auth" }, { kind: "status", code: 503 });
  await start();
  expect(slack.connected()).toBe(2);
});

test("stopping while it can't connect ends at once, and nothing comes back", async () => {
  const { server, slack } = await aConnection();
  server.revokeTokens("token_revoked");
  server.dropSockets();
  await slack.stop();
  server.revokeTokens(null);
  expect([server.connections, slack.connected()]).toEqual([0, 0]);
});
