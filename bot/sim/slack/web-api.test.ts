import { expect, test } from "vitest";
import { ANA, aButton, aSection, aWorkspace, OPS, someActions } from "./a-workspace.ts";
import { BOT } from "./directory.ts";
import { MANIFEST_SCOPES } from "./scopes.ts";
import { aCard, aClient, anApp, appToken, aSlack, botToken } from "./testing/real-bolt.ts";

test("Bolt's client posts, edits, replies, pins, whispers, reads and deletes", async () => {
  const scopes = [...MANIFEST_SCOPES, "channels:read", "pins:read"];
  const { workspace, server } = await aSlack({ workspace: aWorkspace({ scopes }) });
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
  expect((await app.client.pins.list({ channel: OPS })).items).toMatchObject([{ type: "message", message: { ts } }]);
  await app.client.pins.remove({ channel: OPS, timestamp: ts });
  expect(workspace.pins(OPS)).toEqual([]);
  await app.client.chat.delete({ channel: OPS, ts });
  expect(workspace.message(OPS, ts)?.deleted).toBe(true);
});

test("a JSON body counts as a form does", async () => {
  const { workspace, server } = await aSlack();
  const response = await fetch(`${server.apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { authorization: `Bearer ${botToken}`, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ channel: OPS, text: "hello", blocks: [aSection("hello")] }),
  });
  expect(await response.json()).toMatchObject({ ok: true, channel: OPS });
  expect(workspace.messages(OPS)).toMatchObject([{ text: "hello", blocks: [aSection("hello")] }]);
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
  const { server } = await aSlack();
  const post = aClient(server).apiCall("chat.postMessage", { channel: OPS, text: "x", blocks });
  const data = { ok: false, error: "invalid_blocks", response_metadata: { messages: [`[ERROR] ${place}`] } };
  await expect(post).rejects.toMatchObject({ code: "slack_webapi_platform_error", data });
});

test.each([
  { sentence: "another bot token", token: "xoxb-other", error: "invalid_auth" },
  { sentence: "the app's token", token: appToken, error: "not_allowed_token_type" },
])("$sentence may not post: $error", async ({ token, error }) => {
  const { server } = await aSlack();
  const post = aClient(server, token).chat.postMessage({ channel: OPS, text: "x" });
  await expect(post).rejects.toMatchObject({ data: { error } });
});

test.each([
  { sentence: "another app token", token: "xapp-other", error: "invalid_auth" },
  { sentence: "the bot's token", token: botToken, error: "not_allowed_token_type" },
])("$sentence opens no socket: $error", async ({ token, error }) => {
  const { server } = await aSlack();
  await expect(aClient(server, token).apps.connections.open({})).rejects.toMatchObject({ data: { error } });
});

test("a revoked token stops every call, and counts again when it is taken back", async () => {
  const { server } = await aSlack();
  const client = aClient(server);
  server.revokeTokens("token_revoked");
  await expect(client.auth.test()).rejects.toMatchObject({ data: { error: "token_revoked" } });
  server.revokeTokens(null);
  expect(await client.auth.test()).toMatchObject({ user_id: BOT.userId, bot_id: BOT.botId });
});

test("a 429 carries its Retry-After, happens once and edits nothing", async () => {
  const { workspace, server } = await aSlack();
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
  const { workspace, server } = await aSlack();
  const client = aClient(server);
  server.failNext("chat.postMessage", { kind: "status", code: 503 }, { kind: "cut", arrived: true });
  const post = () => client.chat.postMessage({ channel: OPS, text: "x" });
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_http_error", statusCode: 503 });
  expect(workspace.messages(OPS)).toHaveLength(0);
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
  expect(workspace.messages(OPS)).toHaveLength(1);
});

test.each([
  { sentence: "with its wait", fault: { kind: "rate-limited" as const, retryAfterSeconds: 3 }, after: 3 },
  { sentence: "without", fault: { kind: "rate-limited" as const }, after: Number.NaN },
])("every third call is a 429 $sentence, until the rule is stopped", async ({ fault, after }) => {
  const { server } = await aSlack();
  const rule = server.failEvery("chat.postMessage", 3, fault);
  const post = () => fetch(`${server.apiUrl}chat.postMessage`, { method: "POST", body: "channel=C&text=x", headers });
  const headers = { authorization: `Bearer ${botToken}` };
  const codes: number[] = [];
  for (let call = 0; call < 6; call += 1) {
    const response = await post();
    codes.push(response.status);
    if (response.status === 429) expect(Number(response.headers.get("retry-after") ?? "none")).toBe(after);
  }
  expect(codes).toEqual([200, 200, 429, 200, 200, 429]);
  rule.stop();
  for (let call = 0; call < 3; call += 1) expect((await post()).status).toBe(200);
});
