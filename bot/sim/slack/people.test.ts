import { expect, test } from "vitest";
import { ANA, OPS } from "./a-workspace.ts";
import { BOT } from "./directory.ts";
import { aCard, anApp, aSlack, edited } from "./testing/real-bolt.ts";

test("a click reaches its handler, is acknowledged, and the card is edited", async () => {
  const { workspace, server, ana } = await aSlack();
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
  const { workspace, ana } = await aSlack();
  const { ts } = aCard(workspace);
  await expect(ana.click({ channel: OPS, ts, actionId: "force" })).rejects.toThrow(
    '0 buttons are "force"; the message shows: [Approve] approve, [Skip…] skip',
  );
});

test("a person may click the card as they saw it before an edit", async () => {
  const { workspace, server, ana } = await aSlack();
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
  const { workspace, server, ana, ben } = await aSlack();
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
  const { workspace, server, ana } = await aSlack();
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
  const { server, ana } = await aSlack();
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
  const { server, ana, ben } = await aSlack();
  await anApp(server, (app) => {
    app.command("/bootswain", async ({ ack, command }) => ack(`you asked for ${command.text}`));
  });
  expect(await ana.command({ channel: OPS, command: "/bootswain", text: "status" })).toMatchObject({ acked: true });
  expect(await ana.nextEphemeral()).toMatchObject({ text: "you asked for status" });
  expect(ben.ephemerals()).toEqual([]);
});

test("the app hears its own edits, and a card that somebody deleted", async () => {
  const { workspace, server } = await aSlack();
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

test("a slash command is not taken in a thread", async () => {
  const { server, workspace, ana } = await aSlack();
  await anApp(server, (app) => app.command("/bootswain", async ({ ack }) => ack()));
  const threadTs = aCard(workspace).ts;
  const typed = { channel: OPS, command: "/bootswain", text: "status" };
  await expect(ana.command({ ...typed, threadTs })).rejects.toThrow("/bootswain is not supported in threads");
  expect(await ana.command(typed)).toMatchObject({ acked: true });
});
