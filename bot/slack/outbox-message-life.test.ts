import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { ANA, aWorkspace, OPS } from "../sim/slack/a-workspace.ts";
import { BOT } from "../sim/slack/directory.ts";
import { anOutbox, askingTurn, withChannels } from "../sim/slack/testing/posting.ts";
import { HandClock } from "./testing/hand-clock.ts";

const OTHER = "C0OTHER001";
const ASKED = "🔐 pool-0: 1 node wants to reboot. Approve?";
const BOARD = "abal-kuber · 1 of 1 to go";
const refused = (error: string) => ({ kind: "error", error }) as const;
const news = (subject: string) => askingTurn([OPS], { subject });

test.each(["message_not_found", "cant_update_message"])("message deleted, or %s: posted once again", async (error) => {
  const { outbox, clock, faults, headlines } = anOutbox();
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  faults.failNext("chat.update", refused(error));
  outbox.show(news("new"));
  await clock.advance(MINUTE);
  outbox.show(news("newer"));
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD, BOARD]);
});

test("message deleted while it is pinned: posted once again, and that one is pinned", async () => {
  const { outbox, clock, faults, headlines, workspace } = anOutbox();
  faults.failNext("pins.add", refused("message_not_found"));
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD, BOARD]);
  expect(workspace.pins(OPS)).toEqual([workspace.messages(OPS)[2]?.ts]);
});

const refusals: readonly (readonly [string, Parameters<ReturnType<typeof withChannels>["setChannel"]>[1], string])[] = [
  ["not_in_channel", { members: [ANA] }, "the app is not in it. Invite it there with /invite."],
  ["is_archived", { archived: true }, "it is archived. Unarchive it, or name another channel in the policy."],
  ["channel_not_found", { members: [ANA], isPrivate: true }, "there is none with this id, or it is private"],
];
test.each(refusals)(
  "a channel that answers %s is said once with what to do, and taken up when it is well",
  async (...row) => {
    const [error, changes, says] = row;
    const workspace = withChannels(OPS, OTHER);
    const well = workspace.channel(OTHER);
    workspace.setChannel(OTHER, changes);
    const { outbox, clock, headlines, warned } = anOutbox({ workspace });
    outbox.show(askingTurn([OPS, OTHER]));
    await clock.advance(10 * MINUTE);
    expect(headlines(OPS)).toHaveLength(2);
    expect(warned).toMatchObject([
      { event: "slack does not take a channel", channel: OTHER, error, says: expect.stringContaining(says) },
    ]);
    workspace.setChannel(OTHER, well);
    await clock.advance(6 * MINUTE);
    expect(headlines(OTHER)).toHaveLength(2);
  },
);

test("channel archived after cards stood there: said once, and the edits come when it is open again", async () => {
  const { outbox, clock, warned, workspace } = anOutbox();
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  workspace.setChannel(OPS, { archived: true });
  outbox.show(news("new"));
  await clock.advance(10 * MINUTE);
  expect(warned).toMatchObject([{ event: "slack does not take a channel", error: "is_inactive" }]);
  workspace.setChannel(OPS, { archived: false });
  await clock.advance(6 * MINUTE);
  expect(JSON.stringify(workspace.messages(OPS)[1]?.blocks)).toContain("new");
  expect(workspace.messages(OPS)).toHaveLength(2);
});

test("bot removed from a channel and invited again: the same messages are edited", async () => {
  const { outbox, clock, headlines, workspace } = anOutbox();
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  workspace.setChannel(OPS, { members: [ANA] });
  outbox.show(news("new"));
  await clock.advance(10 * MINUTE);
  workspace.setChannel(OPS, { members: [ANA, BOT.userId] });
  await clock.advance(6 * MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD]);
  expect(JSON.stringify(workspace.messages(OPS)[1]?.blocks)).toContain("new");
});

test("channel renamed: nothing happens, since channels are known by id", async () => {
  const { outbox, clock, headlines, workspace, warned } = anOutbox();
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  workspace.setChannel(OPS, { name: "operations" });
  outbox.show(news("new"));
  await clock.advance(MINUTE);
  expect([headlines(OPS), warned]).toEqual([[ASKED, BOARD], []]);
});

test("edit_window_closed: tried for an hour after the post, and then posted anew", async () => {
  const clock = new HandClock();
  const { outbox, faults, headlines, warned } = anOutbox({ clock, workspace: aWorkspace({ now: () => clock.now() }) });
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  faults.failNext("chat.update", ...Array.from({ length: 100 }, () => refused("edit_window_closed")));
  outbox.show(news("new"));
  await clock.advance(50 * MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD]);
  expect(warned).toMatchObject([{ event: "slack does not take a card", error: "edit_window_closed" }]);
  await clock.advance(HOUR);
  expect(headlines(OPS)).toEqual([ASKED, BOARD, BOARD]);
});

test.each(["msg_too_long", "msg_blocks_too_long", "invalid_blocks", "an_error_that_nobody_knows"])(
  "a card that Slack refuses with %s rests, and holds up no other",
  async (error) => {
    const { outbox, clock, faults, headlines, warned } = anOutbox();
    faults.failNext("chat.postMessage", refused(error));
    outbox.show(news("one"));
    await clock.advance(20 * SECOND);
    expect([...headlines(OPS)].sort()).toEqual([ASKED, BOARD].sort());
    expect(warned[0]).toMatchObject({ event: "slack does not take a card", error });
  },
);

test.each([
  "invalid_auth",
  "token_revoked",
  "account_inactive",
  "not_authed",
  "not_allowed_token_type",
  "missing_scope",
])("%s stops all channels, is said once, and is tried again", async (error) => {
  const { outbox, clock, faults, headlines, warned, chat } = anOutbox({ workspace: withChannels(OPS, OTHER) });
  faults.failNext("chat.postMessage", ...Array.from({ length: 4 }, () => refused(error)));
  outbox.show(askingTurn([OPS, OTHER]));
  await clock.advance(SECOND);
  expect([headlines(OPS), headlines(OTHER), chat.looked]).toEqual([[], [], []]);
  await clock.advance(2 * MINUTE);
  expect([headlines(OPS).length, headlines(OTHER).length]).toEqual([2, 2]);
  expect(warned).toMatchObject([{ event: "slack does not take the app", error }]);
});

test("a board that can't be pinned is said once, and is edited all the same", async () => {
  const { outbox, clock, faults, warned, workspace } = anOutbox();
  faults.failNext("pins.add", ...Array.from({ length: 100 }, () => refused("missing_scope")));
  outbox.show(news("old"));
  await clock.advance(MINUTE);
  outbox.show(news("new"));
  await clock.advance(30 * MINUTE);
  expect(JSON.stringify(workspace.messages(OPS)[1]?.blocks)).toContain("new");
  expect(warned).toMatchObject([{ event: "slack does not take a card", error: "missing_scope" }]);
});

test("already_pinned is fine", async () => {
  const { outbox, clock, faults, warned, workspace } = anOutbox();
  faults.failNext("pins.add", refused("already_pinned"));
  outbox.show(news("one"));
  await clock.advance(10 * MINUTE);
  expect([warned, workspace.log.events.filter(({ kind }) => kind === "pinned")]).toEqual([[], []]);
});
