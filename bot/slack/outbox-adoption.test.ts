import { expect, test } from "vitest";
import type { ChatAnswer } from "../coordinator/ports.ts";
import { HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { aReboot } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aBudget, aRefusal } from "../core/testing/pods.ts";
import { aPolicy, aPool } from "../core/testing/policies.ts";
import { OPS } from "../sim/slack/a-workspace.ts";
import type { Fault } from "../sim/slack/fault.ts";
import { anOutbox, askingTurn } from "../sim/slack/testing/posting.ts";
import { aTurn } from "./testing/turns.ts";

const ASKED = "🔐 pool-0: 1 node wants to reboot. Approve?";
const BOARD = "abal-kuber · 1 of 1 to go";
const turn = () => askingTurn([OPS]);
const refused = (error: string, needed?: string): ChatAnswer => ({
  ok: false,
  error,
  ...(needed === undefined ? {} : { needed }),
});

/** Blocked at this try: each new one is said in the card's thread. */
function blockedTurn(order: string) {
  const outcome = {
    kind: "yielded",
    at: NOW - MINUTE,
    order,
    why: { kind: "blocked", refused: [aRefusal()] },
  } as const;
  const reboot = aReboot({ outcome, retryAt: NOW + MINUTE, blockers: [aRefusal()], blockedSince: NOW - HOUR });
  const policy = aPolicy({ slackChannel: OPS, pools: [aPool({ slackChannel: OPS })] });
  return aTurn({ reboots: [reboot], budgets: [aBudget()] }, { policy });
}

test("post timed out but arrived: adopt it, no second card", async () => {
  const { outbox, clock, faults, headlines, workspace } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  outbox.show(turn());
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD]);
  outbox.show(askingTurn([OPS], { subject: "news" }));
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toHaveLength(2);
  expect(workspace.pins(OPS)).toHaveLength(1);
});

test.each([
  ["503", { kind: "status", code: 503 }],
  ["fatal_error", { kind: "error", error: "fatal_error" }],
  ["internal_error", { kind: "error", error: "internal_error" }],
  ["a cut before it arrived", { kind: "cut", arrived: false }],
] satisfies (readonly [string, Fault])[])(
  "a post that got %s is looked for, not found, and posted again",
  async (...row) => {
    const [, fault] = row;
    const { outbox, clock, faults, headlines, chat } = anOutbox();
    faults.failNext("chat.postMessage", fault);
    outbox.show(turn());
    await clock.advance(MINUTE);
    // It may have been the card's fault, so another had its turn before.
    expect(headlines(OPS)).toEqual([BOARD, ASKED]);
    expect(chat.looked).toHaveLength(1);
  },
);

test("of two tries with one key both are found: the second that arrived unseen is adopted too", async () => {
  const { outbox, clock, faults, headlines } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: false }, { kind: "cut", arrived: true });
  outbox.show(turn());
  await clock.advance(MINUTE);
  expect([...headlines(OPS)].sort()).toEqual([ASKED, BOARD].sort());
});

test("the look allows for clocks that differ", async () => {
  const { outbox, clock, faults, chat } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  const began = clock.now();
  outbox.show(turn());
  await clock.advance(MINUTE);
  expect(chat.looked.map(({ since }) => since)).toEqual([began - 10 * MINUTE]);
});

test("a bot that dies between the post and remembering it leaves a card that the next life adopts", async () => {
  const first = anOutbox();
  const post = first.chat.post.bind(first.chat);
  first.chat.post = async (message) => {
    await post(message);
    return new Promise<never>(() => {});
  };
  first.outbox.show(turn());
  await first.clock.advance(MINUTE);
  first.outbox.stop();
  expect(first.headlines(OPS)).toEqual([ASKED]);
  const next = anOutbox({ workspace: first.workspace, api: first.api, clock: first.clock });
  next.outbox.show(turn());
  await next.clock.advance(MINUTE);
  expect(next.headlines(OPS)).toEqual([ASKED, BOARD]);
  const read = await next.references.read();
  expect(read.ok && read.references.map(({ ts, posting }) => [ts, posting])).toEqual(
    next.workspace.messages(OPS).map(({ ts }) => [ts, null]),
  );
});

test("a bot that dies before the post leaves a note, and the next life posts once", async () => {
  const first = anOutbox();
  first.chat.post = () => new Promise<never>(() => {});
  first.outbox.show(turn());
  await first.clock.advance(MINUTE);
  first.outbox.stop();
  const next = anOutbox({ workspace: first.workspace, api: first.api, clock: first.clock });
  next.outbox.show(turn());
  await next.clock.advance(MINUTE);
  expect(next.headlines(OPS)).toEqual([ASKED, BOARD]);
});

test("two replicas that both take themselves for the leader post one card", async () => {
  const old = anOutbox();
  const { workspace, api, clock } = old;
  const next = anOutbox({ workspace, api, clock });
  // Both have read what is posted, which is nothing.
  old.outbox.show(askingTurn([]));
  next.outbox.show(askingTurn([]));
  await clock.advance(SECOND);
  old.outbox.show(turn());
  next.outbox.show(turn());
  await clock.advance(MINUTE);
  expect(next.headlines(OPS)).toEqual([ASKED, BOARD]);
});

test("a replica that stood still before its post looks first whether another posted", async () => {
  const old = anOutbox();
  const { workspace, api, clock } = old;
  const call = api.call.bind(api);
  let awake = Promise.withResolvers<void>();
  api.call = async (...asked) => {
    const answer = await call(...asked);
    if (asked[0].verb === "create") await awake.promise;
    return answer;
  };
  old.outbox.show(turn());
  await clock.advance(SECOND);
  const next = anOutbox({ workspace, api, clock });
  next.outbox.show(turn());
  await clock.advance(MINUTE);
  expect(next.headlines(OPS)).toHaveLength(2);
  awake.resolve();
  awake = Promise.withResolvers();
  await clock.advance(MINUTE);
  expect(next.headlines(OPS)).toHaveLength(2);
});

test("a replica that hears late that its message is gone leaves alone what another posted in its place", async () => {
  const old = anOutbox();
  const { workspace, api, clock } = old;
  const next = anOutbox({ workspace, api, clock });
  old.outbox.show(turn());
  await clock.advance(MINUTE);
  next.outbox.show(turn());
  await clock.advance(MINUTE);
  const awake = Promise.withResolvers<void>();
  const update = old.chat.update.bind(old.chat);
  old.chat.update = async (message) => {
    const answer = await update(message);
    await awake.promise;
    return answer;
  };
  for (const { ts, text } of workspace.messages(OPS)) if (text.startsWith(BOARD)) workspace.erase(OPS, ts);
  old.outbox.show(askingTurn([OPS], { subject: "news" }));
  await clock.advance(SECOND);
  next.outbox.show(askingTurn([OPS], { subject: "news" }));
  await clock.advance(MINUTE);
  expect(next.headlines(OPS)).toHaveLength(2);
  awake.resolve();
  await clock.advance(MINUTE);
  next.outbox.show(askingTurn([OPS], { subject: "more news" }));
  await clock.advance(MINUTE);
  expect([...next.headlines(OPS)].sort()).toEqual([ASKED, BOARD].sort());
});

test("a line in a thread whose answer was lost is not said twice", async () => {
  const { outbox, clock, faults, workspace, chat } = anOutbox();
  outbox.show(blockedTurn("o1"));
  await clock.advance(MINUTE);
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  outbox.show(blockedTurn("o2"));
  await clock.advance(MINUTE);
  const [card, , line, ...more] = workspace.messages(OPS);
  expect([line?.threadTs, more]).toEqual([card?.ts, []]);
  expect(chat.looked.map(({ threadTs }) => threadTs)).toEqual([card?.ts]);
});

test("a bot that dies while it says a line in a thread leaves it said once", async () => {
  const first = anOutbox();
  first.outbox.show(blockedTurn("o1"));
  await first.clock.advance(MINUTE);
  const post = first.chat.post.bind(first.chat);
  first.chat.post = async (message) => {
    await post(message);
    return new Promise<never>(() => {});
  };
  first.outbox.show(blockedTurn("o2"));
  await first.clock.advance(MINUTE);
  first.outbox.stop();
  const next = anOutbox({ workspace: first.workspace, api: first.api, clock: first.clock });
  next.outbox.show(blockedTurn("o2"));
  await next.clock.advance(MINUTE);
  expect(next.workspace.messages(OPS).filter(({ threadTs }) => threadTs !== null)).toHaveLength(1);
});

test("a bot that dies before it has pinned the board leaves that to the next life", async () => {
  const first = anOutbox();
  first.chat.pin = () => new Promise<never>(() => {});
  first.outbox.show(turn());
  await first.clock.advance(MINUTE);
  first.outbox.stop();
  const next = anOutbox({ workspace: first.workspace, api: first.api, clock: first.clock });
  next.outbox.show(turn());
  await next.clock.advance(MINUTE);
  expect(next.workspace.pins(OPS)).toEqual([next.workspace.messages(OPS)[1]?.ts]);
});

test("a missing scope for looking is said once, and the card is posted all the same", async () => {
  const { outbox, clock, faults, headlines, chat, warned } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  chat.finds.push(refused("missing_scope", "channels:history"));
  outbox.show(turn());
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD, ASKED]);
  const said = warned.filter(({ event }) => event === "slack can't look for a message");
  expect(said).toEqual([
    {
      event: "slack can't look for a message",
      error: "missing_scope",
      says: "The app lacks the scope channels:history; add it under OAuth & Permissions and install the app again. Until then a message whose answer was lost can't be found again, and may stand there twice.",
    },
  ]);
});

test("a look that fails is tried again with growing pauses, and holds up no other card", async () => {
  const { outbox, clock, faults, headlines, chat } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  chat.finds.push(...Array.from({ length: 5 }, () => refused("unanswered")));
  outbox.show(turn());
  await clock.advance(20 * SECOND);
  expect(headlines(OPS)).toEqual([ASKED, BOARD]);
  await clock.advance(4 * MINUTE);
  expect(headlines(OPS)).toEqual([ASKED, BOARD]);
  expect(chat.looked).toHaveLength(6);
});

test("a look that never succeeds is given up after some minutes: a second card is better than none", async () => {
  const { outbox, clock, faults, headlines, chat } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: false });
  chat.finds.push(...Array.from({ length: 50 }, () => refused("unanswered")));
  outbox.show(turn());
  await clock.advance(4 * MINUTE);
  expect(headlines(OPS)).toEqual([BOARD]);
  await clock.advance(10 * MINUTE);
  expect(headlines(OPS)).toEqual([BOARD, ASKED]);
});

test("a card that was over before its lost post was found is closed where it stands", async () => {
  const { outbox, clock, faults, headlines, chat } = anOutbox();
  faults.failNext("chat.postMessage", { kind: "cut", arrived: true });
  chat.finds.push(refused("unanswered"));
  outbox.show(turn());
  await clock.advance(SECOND);
  outbox.show(aTurn({}, { policy: aPolicy({ slackChannel: OPS, pools: [aPool({ slackChannel: OPS })] }) }));
  await clock.advance(MINUTE);
  expect(headlines(OPS)).toHaveLength(2);
  expect(headlines(OPS)).not.toContain(ASKED);
});

test("what people may read in a message's metadata is its key alone", async () => {
  const { outbox, clock, workspace } = anOutbox();
  outbox.show(turn());
  await clock.advance(MINUTE);
  const [card] = workspace.messages(OPS);
  expect(card?.metadata).toEqual({
    event_type: "bootswain_message",
    event_payload: { key: expect.stringMatching(/^approval-\w+-C0OPS00001 \d+$/) },
  });
});
