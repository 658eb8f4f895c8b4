import { expect, test } from "vitest";
import { clickIn, commandIn, submissionIn, writtenIn } from "./payloads.ts";

const BOT = "U0BOT";
const BODY = { team_id: "T1", authorizations: [{ team_id: "T1", enterprise_id: null }] };
const anEvent = (changes: Record<string, unknown> = {}) => ({
  type: "message",
  text: "approve",
  user: "U01AB",
  team: "T1",
  channel: "C1",
  thread_ts: "1.1",
  ts: "2.2",
  ...changes,
});

test("a message in a thread", () => {
  expect(writtenIn(anEvent(), BODY, BOT)).toEqual({
    text: "approve",
    user: "U01AB",
    channel: "C1",
    threadTs: "1.1",
    ts: "2.2",
    isAddressed: false,
    isForeign: false,
  });
});

test.each([
  ["<@U0BOT> approve 01", "approve 01"],
  ["<@U0BOT|bootswain>, approve 01", "approve 01"],
  ["approve 01 <@U0BOT>", "approve 01"],
  ["hey <@U0BOT>: approve 01", "hey   approve 01"],
  ["<@U0BOT> force: <@U02CD> says so", "force: <@U02CD> says so"],
])("%j mentions the bot, in a thread or not", (text, said) => {
  for (const changes of [{ text }, { text, thread_ts: undefined }, { text, type: "app_mention" }]) {
    const written = writtenIn(anEvent(changes), BODY, BOT);
    expect([written?.text.trim(), written?.isAddressed]).toEqual([said, true]);
  }
});

test.each([
  ["outside of threads, and not to the bot", { thread_ts: undefined }],
  ["to someone else", { thread_ts: undefined, text: "<@U0BOTTOM> approve" }],
  ["of a bot", { bot_id: "B1" }],
  ["of ourselves, in a mention of ourselves", { bot_id: "B1", text: "<@U0BOT> approve" }],
  ["that is an edit", { subtype: "message_changed" }],
  ["that was edited to mention the bot", { type: "app_mention", edited: { user: "U01AB", ts: "3.3" } }],
  ["of somebody who joined", { subtype: "channel_join" }],
  ["of nobody", { user: undefined }],
  ["without a time", { ts: undefined }],
])("a message %s is not handed on", (_, changes) => {
  expect(writtenIn(anEvent(changes), BODY, BOT)).toBeNull();
});

test("a reply that was sent to the channel, too, is one", () => {
  expect(writtenIn(anEvent({ subtype: "thread_broadcast" }), BODY, BOT)).not.toBeNull();
});

test.each([
  ["the app's", {}, BODY, false],
  ["another, by the event", { user_team: "T2" }, BODY, true],
  ["another, by the event's team", { team: "T2" }, BODY, true],
  ["not told", { team: undefined }, BODY, false],
  [
    "one of an organisation's, where Slack's word on the person must do",
    { team: "T2" },
    { authorizations: [{ team_id: "T1", enterprise_id: "E1" }] },
    false,
  ],
])("the writer's workspace is %s", (_, changes, body, isForeign) => {
  expect(writtenIn(anEvent(changes), body, BOT)).toMatchObject({ isForeign });
});

const aBody = (changes: Record<string, unknown> = {}) => ({
  type: "block_actions",
  trigger_id: "9.9.abc",
  team: { id: "T1" },
  user: { id: "U01AB", team_id: "T1" },
  enterprise: null,
  channel: { id: "C1" },
  message: { ts: "1.1" },
  actions: [{ action_id: "approve:c:k", block_id: "h1-3", action_ts: "4.4" }],
  ...changes,
});

test("a click", () => {
  expect(clickIn(aBody())).toEqual({
    id: "1.1 U01AB approve:c:k 4.4",
    click: {
      actionId: "approve:c:k",
      user: "U01AB",
      channel: "C1",
      messageTs: "1.1",
      seen: "h1",
      triggerId: "9.9.abc",
      actionTs: "4.4",
      isForeign: false,
    },
  });
});

test("a click of a person of another workspace, and one without a message", () => {
  expect(clickIn(aBody({ user: { id: "U7", team_id: "T2" } }))?.click.isForeign).toBe(true);
  expect(clickIn(aBody({ message: undefined }))).toBeNull();
  expect(clickIn(null)).toBeNull();
});

test("a slash command is to the bot, in no thread", () => {
  const body = { command: "/b", text: "status", user_id: "U1", channel_id: "C1", trigger_id: "9.9" };
  expect(commandIn(body)).toMatchObject({ text: "status", threadTs: null, ts: "9.9", isAddressed: true });
  expect(commandIn({})).toBeNull();
});

test("a dialog that was sent off, whatever its fields are", () => {
  const values = {
    time: { time: { type: "plain_text_input", value: "mon" } },
    empty: { empty: { type: "plain_text_input", value: null } },
    choice: { choice: { type: "radio_buttons", selected_option: { value: "123" } } },
    none: { none: { type: "radio_buttons", selected_option: null } },
    nodes: { nodes: { type: "checkboxes", selected_options: [{ value: "a" }, { value: "b" }] } },
    odd: null,
  };
  const view = { id: "V1", callback_id: "skip:c", private_metadata: "{}", state: { values } };
  expect(submissionIn({ user: { id: "U1", team_id: "T1" }, team: { id: "T1" }, view })).toEqual({
    callbackId: "skip:c",
    privateMetadata: "{}",
    viewId: "V1",
    user: "U1",
    isForeign: false,
    values: { time: "mon", empty: null, choice: "123", none: null, nodes: ["a", "b"], odd: null },
  });
  expect(submissionIn({ user: { id: "U1" } })).toBeNull();
});
