import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../core/instant.ts";
import { OPS } from "../sim/slack/a-workspace.ts";
import { anOutbox, askingTurn, withChannels } from "../sim/slack/testing/posting.ts";

const OTHER = "C0OTHER001";
const limited = (retryAfterSeconds?: number) =>
  retryAfterSeconds === undefined
    ? ({ kind: "rate-limited" } as const)
    : ({ kind: "rate-limited", retryAfterSeconds } as const);

test("429 with Retry-After on post: that channel waits as long as Slack says, and the others go on", async () => {
  const { outbox, clock, faults, headlines } = anOutbox({ workspace: withChannels(OPS, OTHER) });
  faults.failNext("chat.postMessage", limited(30));
  outbox.show(askingTurn([OPS, OTHER]));
  await clock.advance(29 * SECOND);
  expect([headlines(OPS).length, headlines(OTHER).length]).toEqual([0, 2]);
  await clock.advance(3 * SECOND);
  expect(headlines(OPS)).toHaveLength(2);
});

test("429 without Retry-After on post: tried again with growing pauses", async () => {
  const { outbox, clock, faults, headlines, chat } = anOutbox();
  faults.failNext("chat.postMessage", limited(), limited());
  outbox.show(askingTurn([OPS]));
  await clock.advance(5 * SECOND);
  expect(headlines(OPS)).toEqual([]);
  await clock.advance(3 * SECOND);
  expect(headlines(OPS)).toHaveLength(2);
  // Slack refused for sure, so there was nothing to look for.
  expect(chat.looked).toEqual([]);
});

test("429 with Retry-After on update: no edit is made in any channel until then, and posts go on", async () => {
  const { outbox, clock, faults, headlines, workspace } = anOutbox({ workspace: withChannels(OPS, OTHER) });
  outbox.show(askingTurn([OPS, OTHER]));
  await clock.advance(10 * SECOND);
  // Both were under way already.
  faults.failNext("chat.update", limited(60), limited(60));
  outbox.show(askingTurn([OPS, OTHER], { subject: "one more" }));
  await clock.advance(59 * SECOND);
  expect(workspace.log.events.filter(({ kind }) => kind === "edited")).toEqual([]);
  const third = askingTurn([OPS, OTHER, OTHER], { subject: "one more" });
  outbox.show(third);
  await clock.advance(500);
  expect(headlines(OTHER)).toHaveLength(3);
  await clock.advance(5 * SECOND);
  expect(workspace.log.events.filter(({ kind }) => kind === "edited").length).toBeGreaterThanOrEqual(2);
});

test("429 without Retry-After on update: tried again with growing pauses, and the newest is shown", async () => {
  const { outbox, clock, faults, workspace } = anOutbox();
  outbox.show(askingTurn([OPS]));
  await clock.advance(10 * SECOND);
  faults.failNext("chat.update", limited(), limited());
  for (const subject of ["one", "two", "three"]) {
    outbox.show(askingTurn([OPS], { subject }));
    await clock.advance(2_500);
  }
  await clock.advance(MINUTE);
  expect(JSON.stringify(workspace.messages(OPS)[1]?.blocks)).toContain("three");
  expect(workspace.log.events.filter(({ kind }) => kind === "edited")).toHaveLength(1);
});

test("a channel gets at most one message a second", async () => {
  const { outbox, clock, headlines } = anOutbox();
  outbox.show(askingTurn(Array.from({ length: 10 }, () => OPS)));
  for (let second = 1; second <= 5; second += 1) {
    await clock.advance(second === 1 ? 999 : SECOND);
    expect(headlines(OPS)).toHaveLength(second);
  }
});

test("a channel that Slack does not answer for delays no other", async () => {
  const { outbox, clock, chat, headlines } = anOutbox({ workspace: withChannels(OPS, OTHER) });
  const never = new Promise<never>(() => {});
  const post = chat.post.bind(chat);
  chat.post = (message) => (message.channel === OPS ? never : post(message));
  outbox.show(askingTurn([OPS, OTHER, OTHER]));
  await clock.advance(3 * SECOND);
  expect([headlines(OPS).length, headlines(OTHER).length]).toEqual([0, 3]);
});

test("with cards for 50 pools in one channel the board stands there within seconds, and is kept up to date", async () => {
  const { outbox, clock, headlines, workspace } = anOutbox();
  const channels = Array.from({ length: 50 }, () => OPS);
  outbox.show(askingTurn(channels));
  await clock.advance(6 * SECOND);
  expect(headlines(OPS)).toContain("abal-kuber · 50 of 50 to go");
  outbox.show(askingTurn(channels, { subject: "what is newest" }));
  await clock.advance(6 * SECOND);
  const board = workspace.messages(OPS).find(({ text }) => text.startsWith("abal-kuber"));
  expect(JSON.stringify(board?.blocks)).toContain("what is newest");
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toHaveLength(51);
});

test("of many channels with new boards all the time, each gets its share of Slack's 50 edits a minute", async () => {
  const channels = Array.from({ length: 10 }, (_, index) => `C0MANY00${index}`);
  const { outbox, clock, workspace } = anOutbox({ workspace: withChannels(...channels) });
  for (let second = 0; second < 120; second += 1) {
    outbox.show(askingTurn(channels, { subject: `turn ${second}` }));
    await clock.advance(SECOND);
  }
  const edits = workspace.log.events.flatMap((event) => (event.kind === "edited" ? [event.message.channel] : []));
  expect(edits.length).toBeGreaterThan(90);
  expect(edits.length).toBeLessThanOrEqual(20 + 2 * 50);
  const counts = channels.map((channel) => edits.filter((one) => one === channel).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
});
