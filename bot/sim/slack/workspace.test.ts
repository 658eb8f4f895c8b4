import { expect, test } from "vitest";
import { ANA, aButton, aSection, aWorkspace, BEN, OPERATORS, OPS, START, someActions } from "./a-workspace.ts";
import { BOT } from "./directory.ts";
import type { Workspace } from "./workspace.ts";

const posted = (workspace: Workspace, text = "card", thread_ts?: string): string => {
  const answer = workspace.postMessage({ channel: OPS, text, thread_ts });
  if (!answer.ok) throw new Error(answer.error);
  return answer.ts;
};

test("times are unique and increase, also when the clock stands still or goes back", () => {
  let now = START;
  const workspace = aWorkspace({ now: () => now });
  const first = [posted(workspace), posted(workspace)];
  now -= 60_000;
  const back = posted(workspace);
  now = START + 1_500;
  expect([...first, back, posted(workspace)]).toEqual([
    "1700000000.000100",
    "1700000000.000200",
    "1700000000.000300",
    "1700000001.000100",
  ]);
});

test.each([
  { sentence: "a channel that isn't there", channel: "C0NONE", post: "channel_not_found", update: "channel_not_found" },
  { sentence: "a channel without the bot", channel: "C0OTHER", post: "not_in_channel", update: "not_in_channel" },
  {
    sentence: "a private one without the bot",
    channel: "C0SECRET",
    post: "channel_not_found",
    update: "channel_not_found",
  },
  { sentence: "an archived channel", channel: "C0OLD", post: "is_archived", update: "is_inactive" },
])("$sentence refuses all writing", ({ channel, post, update }) => {
  const workspace = aWorkspace({
    channels: [
      { id: "C0OTHER", name: "other", members: [ANA] },
      { id: "C0SECRET", name: "secret", members: [ANA], isPrivate: true },
      { id: "C0OLD", name: "old", members: [ANA, BOT.userId], archived: true },
    ],
  });
  expect(workspace.postMessage({ channel, text: "x" })).toMatchObject({ ok: false, error: post });
  expect(workspace.postEphemeral({ channel, user: ANA, text: "x" })).toMatchObject({ ok: false, error: post });
  expect(workspace.pinsAdd(channel, "1.0")).toMatchObject({ ok: false, error: post });
  expect(workspace.delete(channel, "1.0")).toMatchObject({ ok: false, error: post });
  expect(workspace.update({ channel, ts: "1.0", text: "x" })).toMatchObject({ ok: false, error: update });
  expect(workspace.log.events.map(({ kind }) => kind)).toEqual(Array(5).fill("refused"));
});

test("a refusal names the place as Slack does", () => {
  expect(aWorkspace().postMessage({ channel: OPS, text: "x", blocks: [aSection("a".repeat(3_001))] })).toEqual({
    ok: false,
    error: "invalid_blocks",
    errors: ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
    response_metadata: {
      messages: ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
    },
  });
});

test("an edit keeps the message's place, and without blocks its blocks", () => {
  const workspace = aWorkspace();
  const answer = workspace.postMessage({ channel: OPS, text: "one", blocks: [aSection("one")] });
  const ts = answer.ok ? answer.ts : "";
  workspace.update({ channel: OPS, ts, text: "two" });
  expect(workspace.message(OPS, ts)).toMatchObject({
    text: "two",
    blocks: [aSection("one")],
    editedTs: expect.any(String),
  });
  workspace.update({ channel: OPS, ts, text: "three", blocks: [] });
  expect(workspace.message(OPS, ts)).toMatchObject({ text: "three", blocks: [] });
});

test("Slack's ids fill the gaps and nothing else changes", () => {
  const workspace = aWorkspace();
  const { action_id, ...anonymous } = aButton("Go", "go");
  const ts = workspace.postMessage({ channel: OPS, text: "x", blocks: [someActions(anonymous, aButton("No", "no"))] });
  const [block] = workspace.message(OPS, ts.ok ? ts.ts : "")?.blocks ?? [];
  expect(block).toEqual({
    type: "actions",
    block_id: expect.any(String),
    elements: [{ ...anonymous, action_id: expect.any(String) }, aButton("No", "no")],
  });
});

test("what the bot can't edit or delete", () => {
  const workspace = aWorkspace();
  const { ts: anas } = workspace.say({ user: ANA, channel: OPS, text: "hello" });
  expect(workspace.update({ channel: OPS, ts: anas, text: "x" })).toMatchObject({ error: "cant_update_message" });
  expect(workspace.delete(OPS, anas)).toMatchObject({ error: "cant_delete_message" });
  const card = posted(workspace);
  workspace.erase(OPS, card);
  expect(workspace.update({ channel: OPS, ts: card, text: "x" })).toMatchObject({ error: "message_not_found" });
  expect(workspace.delete(OPS, card)).toMatchObject({ error: "message_not_found" });
  expect(workspace.postMessage({ channel: OPS, text: "x", thread_ts: card })).toMatchObject({
    error: "cannot_reply_to_message",
  });
});

test("a pin is set once and goes with its message", () => {
  const workspace = aWorkspace();
  const ts = posted(workspace);
  expect(workspace.pinsAdd(OPS, ts)).toEqual({ ok: true });
  expect(workspace.pinsAdd(OPS, ts)).toMatchObject({ error: "already_pinned" });
  expect(workspace.pins(OPS)).toEqual([ts]);
  workspace.erase(OPS, ts);
  expect(workspace.pins(OPS)).toEqual([]);
  const next = posted(workspace);
  workspace.pinsAdd(OPS, next);
  expect(workspace.pinsList(OPS)).toMatchObject({ items: [{ type: "message", channel: OPS, message: { ts: next } }] });
  expect(workspace.pinsRemove(OPS, next)).toEqual({ ok: true });
  expect(workspace.pinsRemove(OPS, next)).toMatchObject({ error: "no_pin" });
});

test("an ephemeral reaches its user only, and only in a channel of theirs", () => {
  const workspace = aWorkspace();
  expect(workspace.postEphemeral({ channel: OPS, user: ANA, text: "no" })).toMatchObject({ ok: true });
  expect(workspace.postEphemeral({ channel: OPS, user: "U0NOBODY", text: "no" })).toMatchObject({
    error: "user_not_in_channel",
  });
  expect(workspace.ephemeralsOf(ANA)).toMatchObject([{ text: "no", threadTs: null }]);
  expect(workspace.ephemeralsOf(BEN)).toEqual([]);
  expect(workspace.messages(OPS)).toEqual([]);
});

test("a reply stays in its thread; a broadcast is in the channel too", () => {
  const workspace = aWorkspace();
  const card = posted(workspace);
  const reply = posted(workspace, "reply", card);
  const shout = workspace.postMessage({ channel: OPS, text: "failed", thread_ts: card, reply_broadcast: true });
  const history = workspace.conversationsHistory(OPS);
  expect(history).toMatchObject({ messages: [{ text: "failed", subtype: "thread_broadcast" }, { text: "card" }] });
  expect(workspace.conversationsReplies(OPS, card)).toMatchObject({
    messages: [{ ts: card }, { ts: reply, thread_ts: card }, { ts: shout.ok && shout.ts }],
  });
  expect(workspace.conversationsReplies(OPS, "1.0")).toMatchObject({ error: "thread_not_found" });
  expect(workspace.postMessage({ channel: OPS, text: "x", thread_ts: reply })).toMatchObject({ ok: false });
});

test.each([
  {
    sentence: "a message of the channel notifies everyone in it",
    text: "hello",
    heard: { ana: "message", ben: "message" },
  },
  { sentence: "a mention notifies its user more", text: `<@${BEN}>`, heard: { ana: "message", ben: "mention" } },
  { sentence: "a group calls its users", text: `<!subteam^${OPERATORS}>`, heard: { ana: "mention", ben: "message" } },
  { sentence: "@channel calls all", text: "<!channel>", heard: { ana: "mention", ben: "mention" } },
  { sentence: "an escaped call calls nobody", text: "&lt;!channel&gt;", heard: { ana: "message", ben: "message" } },
])("$sentence", ({ text, heard }) => {
  for (const draft of [{ text }, { text: "fallback", blocks: [aSection(text)] }]) {
    const workspace = aWorkspace();
    workspace.postMessage({ channel: OPS, ...draft });
    expect(workspace.notifications.map(({ user, kind }) => [user, kind])).toEqual([
      [ANA, heard.ana],
      [BEN, heard.ben],
    ]);
  }
});

test("an edit, a pin and an ephemeral notify nobody", () => {
  const workspace = aWorkspace();
  const ts = posted(workspace);
  const before = workspace.notifications.length;
  workspace.update({ channel: OPS, ts, text: `<@${ANA}> <!channel>` });
  workspace.pinsAdd(OPS, ts);
  workspace.postEphemeral({ channel: OPS, user: ANA, text: `<@${BEN}>` });
  expect(workspace.notifications.slice(before)).toEqual([]);
});

test("a reply notifies those who are in the thread, and a mentioned one", () => {
  const workspace = aWorkspace({ users: [ANA, BEN, "U0CAT"].map((id) => ({ id, name: id })) });
  workspace.setChannel(OPS, { members: [ANA, BEN, "U0CAT", BOT.userId] });
  const card = posted(workspace);
  workspace.say({ user: ANA, channel: OPS, text: "approve", threadTs: card });
  const before = workspace.notifications.length;
  posted(workspace, `<@${BEN}> look`, card);
  expect(workspace.notifications.slice(before).map(({ user, kind }) => [user, kind])).toEqual([
    [ANA, "reply"],
    [BEN, "mention"],
  ]);
});

test("one called by name in a thread follows it; one called by group or with all does not", () => {
  const [cat, dan] = ["U0CAT", "U0DAN"];
  const workspace = aWorkspace({ users: [ANA, BEN, cat, dan].map((id) => ({ id, name: id })) });
  workspace.setChannel(OPS, { members: [ANA, BEN, cat, dan, BOT.userId] });
  const card = posted(workspace, `<@${cat}> <!subteam^${OPERATORS}> <!here>`);
  posted(workspace, `<@${BEN}> look`, card);
  const before = workspace.notifications.length;
  posted(workspace, "done", card);
  expect(workspace.notificationCounts(before)).toEqual({
    [BEN]: { message: 0, reply: 1, mention: 0 },
    [cat]: { message: 0, reply: 1, mention: 0 },
  });
  workspace.postMessage({ channel: OPS, text: "failed", thread_ts: card, reply_broadcast: true });
  expect(workspace.notificationCounts(before)[dan]).toEqual({ message: 1, reply: 0, mention: 0 });
});

test("people are shown as they are now", () => {
  const workspace = aWorkspace();
  workspace.setUser(BEN, { isRestricted: true, isStranger: true, teamId: "T0STRANGE" });
  expect(workspace.usersInfo(BEN)).toMatchObject({
    user: {
      ...{ id: BEN, deleted: false, is_restricted: true, is_ultra_restricted: false },
      ...{ is_stranger: true, team_id: "T0STRANGE", is_bot: false },
    },
  });
  expect(workspace.usersInfo(BOT.userId)).toMatchObject({ user: { is_bot: true } });
  expect(workspace.usersInfo("U0NOBODY")).toMatchObject({ error: "user_not_found" });
  workspace.setGroup({ id: OPERATORS, handle: "operators", users: [] });
  expect(workspace.usergroupsUsersList(OPERATORS)).toEqual({ ok: true, users: [] });
  expect(workspace.usergroupsUsersList("S0NONE")).toMatchObject({ error: "no_such_subteam" });
});

test("a guest of one channel is a guest, and of a deactivated user no role is told", () => {
  const workspace = aWorkspace({ users: [{ id: ANA, name: "ana", isUltraRestricted: true }], channels: [] });
  expect(workspace.usersInfo(ANA)).toMatchObject({ user: { is_restricted: true, is_ultra_restricted: true } });
  workspace.setUser(ANA, { deleted: true });
  const shown = workspace.usersInfo(ANA);
  expect(shown).toMatchObject({ user: { deleted: true, is_bot: false } });
  expect(shown.ok && Object.keys(shown.user).filter((name) => name.includes("restricted"))).toEqual([]);
});

test("a group has no deactivated users, and a disabled one is not there unless it is asked for", () => {
  const workspace = aWorkspace({ groups: [{ id: OPERATORS, handle: "operators", users: [ANA, BEN] }] });
  workspace.setUser(BEN, { deleted: true });
  expect(workspace.usergroupsUsersList(OPERATORS)).toEqual({ ok: true, users: [ANA] });
  workspace.setGroup({ id: OPERATORS, handle: "operators", users: [ANA, BEN], disabled: true });
  expect(workspace.usergroupsUsersList(OPERATORS)).toMatchObject({ error: "no_such_subteam" });
  expect(workspace.usergroupsUsersList(OPERATORS, true)).toEqual({ ok: true, users: [ANA] });
  const before = workspace.notifications.length;
  posted(workspace, `<!subteam^${OPERATORS}>`);
  expect(workspace.notificationCounts(before)).toEqual({ [ANA]: { message: 1, reply: 0, mention: 0 } });
});

test("what is said later can be waited for, and what was said before is found", async () => {
  const workspace = aWorkspace();
  const later = workspace.log.until((event) => (event.kind === "posted" ? event.message.text : null));
  posted(workspace, "hello");
  expect(await later).toBe("hello");
  expect(await workspace.log.until((event) => (event.kind === "posted" ? event.index : null))).toBe(0);
});
