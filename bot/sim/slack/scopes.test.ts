import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ANA, aWorkspace, BEN, OPS } from "./a-workspace.ts";
import { SimulatedChat } from "./chat.ts";
import { BOT } from "./directory.ts";
import { messageEvents } from "./envelope.ts";
import { MANIFEST_SCOPES } from "./scopes.ts";
import { aClient, appToken, aSlack, botToken } from "./testing/real-bolt.ts";

const SECRET = "C0SECRET01";

function without(...scopes: readonly string[]) {
  return aWorkspace({
    scopes: MANIFEST_SCOPES.filter((scope) => !scopes.includes(scope)),
    channels: [
      { id: OPS, name: "ops", members: [ANA, BEN, BOT.userId] },
      { id: SECRET, name: "secret", members: [ANA, BEN, BOT.userId], isPrivate: true },
    ],
  });
}

test("an app is granted what the manifest asks for", () => {
  const manifest: unknown = parse(
    readFileSync(new URL("../../../deploy/slack-manifest.yaml", import.meta.url), "utf8"),
  );
  expect(manifest).toMatchObject({ oauth_config: { scopes: { bot: MANIFEST_SCOPES } } });
});

test.each([
  { method: "chat.postMessage", args: { channel: OPS, text: "x" }, needed: "chat:write" },
  { method: "chat.update", args: { channel: OPS, ts: "1.0", text: "x" }, needed: "chat:write" },
  { method: "chat.postEphemeral", args: { channel: OPS, user: ANA, text: "x" }, needed: "chat:write" },
  { method: "pins.add", args: { channel: OPS, timestamp: "1.0" }, needed: "pins:write" },
  { method: "pins.list", args: { channel: OPS }, needed: "pins:read" },
  { method: "users.info", args: { user: ANA }, needed: "users:read" },
  { method: "usergroups.users.list", args: { usergroup: "S0OPERATOR" }, needed: "usergroups:read" },
  { method: "conversations.history", args: { channel: OPS }, needed: "channels:history" },
  { method: "conversations.history", args: { channel: SECRET }, needed: "groups:history" },
  { method: "conversations.history", args: { channel: "C0NONE" }, needed: "channels:history,groups:history" },
  { method: "conversations.info", args: { channel: OPS }, needed: "channels:read" },
])("$method of $args.channel without its scope needs $needed", async ({ method, args, needed }) => {
  const workspace = without(...needed.split(","));
  const { server } = await aSlack({ workspace });
  const data = { ok: false, error: "missing_scope", needed, provided: workspace.scopes.join(",") };
  await expect(aClient(server).apiCall(method, args)).rejects.toMatchObject({ data });
  expect(workspace.messages(OPS)).toEqual([]);
});

test("who the bot is and what is in a modal need no scope", async () => {
  const { server } = await aSlack({ workspace: aWorkspace({ scopes: [] }) });
  expect(await aClient(server).auth.test()).toMatchObject({ user_id: BOT.userId });
  const open = aClient(server).apiCall("views.open", { trigger_id: "1.2.3", view: {} });
  await expect(open).rejects.toMatchObject({ data: { error: "invalid_arguments" } });
});

test("each answer says what is granted and what would do", async () => {
  const { server, workspace } = await aSlack();
  const headersOf = async (method: string, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${server.apiUrl}${method}`, { method: "POST", headers, body: `channel=${OPS}&text=x` });
    return [answer.headers.get("x-oauth-scopes"), answer.headers.get("x-accepted-oauth-scopes")];
  };
  const granted = workspace.scopes.join(",");
  expect(await headersOf("chat.postMessage", botToken)).toEqual([granted, "chat:write"]);
  expect(await headersOf("auth.test", botToken)).toEqual([granted, null]);
  expect(await headersOf("apps.connections.open", appToken)).toEqual(["connections:write", "connections:write"]);
  expect(await headersOf("chat.postMessage", "xoxb-other")).toEqual([null, null]);
});

test("an app's token without connections:write opens no socket", async () => {
  const { server } = await aSlack({ appScopes: ["authorizations:read"] });
  await expect(aClient(server, appToken).apps.connections.open({})).rejects.toMatchObject({
    data: { error: "missing_scope", needed: "connections:write", provided: "authorizations:read" },
  });
});

test.each([
  { missing: [], channel: OPS, events: ["message", "app_mention"] },
  { missing: ["channels:history"], channel: OPS, events: ["app_mention"] },
  { missing: ["app_mentions:read"], channel: OPS, events: ["message"] },
  { missing: ["groups:history"], channel: OPS, events: ["message", "app_mention"] },
  { missing: ["groups:history"], channel: SECRET, events: ["app_mention"] },
  { missing: ["channels:history"], channel: SECRET, events: ["message", "app_mention"] },
])("without $missing a call in $channel is heard as $events", ({ missing, channel, events }) => {
  const workspace = without(...missing);
  const message = workspace.say({ user: ANA, channel, text: `<@${BOT.userId}> approve` });
  const heard = messageEvents(workspace, message).map(({ payload }) => payload["event"]);
  expect(heard).toMatchObject(events.map((type) => ({ type })));
});

test("without the scope no edit and no deletion is heard either", async () => {
  const { workspace, server } = await aSlack({ workspace: without("channels:history") });
  const answer = workspace.postMessage({ channel: OPS, text: "card" });
  const ts = answer.ok ? answer.ts : "";
  workspace.update({ channel: OPS, ts, text: "edited" });
  workspace.erase(OPS, ts);
  expect(server.sendings).toEqual([]);
});

test("an app that is installed anew without its commands is offered none", async () => {
  const { workspace, ana } = await aSlack();
  workspace.setScopes(["chat:write"]);
  const typed = ana.command({ channel: OPS, command: "/bootswain", text: "" });
  await expect(typed).rejects.toThrow("/bootswain is not a valid command");
});

test("the simulated chat wants the same scopes", async () => {
  const chat = new SimulatedChat(without("pins:write"));
  const card = await chat.post({ channel: OPS, text: "card", blocks: [] });
  if (!card.ok) throw new Error(card.error);
  expect(await chat.pin(OPS, card.ts)).toEqual({ ok: false, error: "missing_scope" });
});
