import { expect, test } from "vitest";
import { blockersOf, nodeDigest } from "../core/decide/digest.ts";
import { aJudgement, aNode } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aDesk, aReference, aReply, APPROVAL_POLICY as POLICY, replied, target, whispered } from "./testing/a-desk.ts";
import { blockedReboot, STUCK } from "./testing/cards.ts";
import { aTurn } from "./testing/turns.ts";

test.each([
  ["approve", { verb: "approve", reason: null }],
  ["approve now", { verb: "now" }],
  ["ok, retry pls", { verb: "retry" }],
  ["skip until mon 09:00", { verb: "skip", until: Date.parse("2026-12-07T09:00:00-06:00") }],
])("%j in a card's thread is about what the card showed", async (text, request) => {
  const { desk, asked, told } = await aDesk();
  await desk.written(aReply(text));
  expect(asked).toMatchObject([
    { ...request, targets: [{ node: "kuber01", digest: "kuber01.boot.0.pool." }, { node: "kuber02" }] },
  ]);
  expect(told).toEqual([replied("worker-1 is approved by ana.")]);
});

test("a force is bound to what blocks the node, and carries its reason", async () => {
  const { desk, asked } = await aDesk({ references: [aReference({ kind: "blocked" })] });
  await desk.written(aReply("force 01 the kernel fix must go in"));
  expect(asked).toMatchObject([
    {
      verb: "force",
      targets: [{ node: "kuber01", digest: "kuber01.boot.0.pool.blockers" }],
      reason: "the kernel fix must go in",
    },
  ]);
});

test("a card that shows no blockers takes no force", async () => {
  const { desk, asked, told } = await aDesk();
  await desk.written(aReply("force: the kernel fix must go in"));
  expect(asked).toEqual([]);
  expect(told[0]).toContain("This card does not show what blocks a node, so nothing was decided.");
});

test("a pause names no node", async () => {
  const { desk, asked } = await aDesk();
  await desk.written(aReply("pause: etcd upgrade"));
  expect(asked).toMatchObject([{ verb: "pause", targets: [], reason: "etcd upgrade" }]);
});

test("only what is left on the card can be meant", async () => {
  const { desk, asked, told } = await aDesk({
    references: [aReference({ targets: [target("kuber01", true), target("kuber02")] })],
  });
  await desk.written(aReply("approve"));
  expect(asked.map(({ targets }) => targets.map(({ node }) => node))).toEqual([["kuber02"]]);
  await desk.written(aReply("approve kuber01", { ts: "200.2" }));
  expect(asked).toHaveLength(1);
  expect(told.at(-1)).toBe(replied("This card is about kuber02. Name one of them, or none for all."));
});

test.each(["approve", "approve kuber01", "why?"])("%j on a card on which nothing is left says so", async (text) => {
  const { desk, asked, told } = await aDesk({ references: [aReference({ targets: [target("kuber01", true)] })] });
  await desk.written(aReply(text));
  expect(asked).toEqual([]);
  expect(told).toEqual([replied("Nothing on this card waits for a decision. See the board for what does.")]);
});

test("the same reply delivered twice is the same decision, and a second reply is another", async () => {
  const { desk, asked } = await aDesk();
  for (const ts of ["200.1", "200.1", "200.2"]) await desk.written(aReply("approve", { ts }));
  expect(new Set(asked.map(({ name }) => name)).size).toBe(2);
  expect(asked[0]?.name).toBe(asked[1]?.name);
});

test("a reply that comes again after a restart, or to the other replica, is not answered again", async () => {
  const { desk, asked, told } = await aDesk({
    ask: async () => ({ kind: "judged", judgement: aJudgement(), repeated: true }),
  });
  await desk.written(aReply("approve"));
  expect([asked.length, told]).toEqual([1, []]);
});

test("what is not understood is asked back with replies to copy", async () => {
  const { desk, asked, told } = await aDesk();
  await desk.written(aReply("skip 01"));
  expect(asked).toEqual([]);
  expect(told).toEqual([
    replied(
      "Nothing was decided. Say until when.\nYou could reply:\n• `skip kuber01 until mon 09:00`\n• `skip kuber01 for 2 days`",
    ),
  ]);
});

test.each(["force-push broke it, I think", "thanks, I will look", "&gt; approve"])(
  "%j is plain talk: neither looked up nor answered",
  async (text) => {
    const { desk, asked, told, api } = await aDesk();
    api.calls.length = 0;
    await desk.written(aReply(text));
    await desk.written(aReply(text, { threadTs: null }));
    expect([asked, told, api.calls]).toEqual([[], [], []]);
  },
);

test("a reply in a thread that is not ours is none of our business", async () => {
  const { desk, asked, told, settled } = await aDesk({ references: [] });
  await settled(desk.written(aReply("approve")));
  expect([asked, told]).toEqual([[], []]);
});

test("what stands in no thread is not ours, unless it is said to us", async () => {
  const { desk, asked, told } = await aDesk();
  await desk.written(aReply("approve kuber01", { threadTs: null }));
  expect([asked, told]).toEqual([[], []]);
});

const FLEET = aTurn({ nodes: ["kuber01", "kuber02", "other01"].map((name) => aNode({ name })) }, { policy: POLICY });
const digestOf = (node: string): string | undefined => {
  const situation = FLEET.plan.nodes.get(node)?.situation;
  return situation === undefined ? undefined : nodeDigest(situation);
};

test("said to the bot in the channel, a node is meant by its name, as it stands now", async () => {
  const { desk, asked, told } = await aDesk({ turn: FLEET });
  await desk.written(aReply("approve kuber01", { threadTs: null, isAddressed: true }));
  expect(asked).toMatchObject([{ verb: "approve", targets: [{ node: "kuber01", digest: digestOf("kuber01") }] }]);
  expect(told).toEqual([whispered("worker-1 is approved by ana.")]);
});

test("so is a force, bound to what blocks it now", async () => {
  const turn = aTurn({ ...STUCK, reboots: [blockedReboot()] }, { policy: POLICY });
  const situation = turn.plan.nodes.get("worker-1")?.situation;
  if (situation === undefined) throw new Error("no node");
  const { desk, asked } = await aDesk({ turn });
  await desk.written(aReply("force worker-1: db is down", { threadTs: null, isAddressed: true }));
  expect(asked).toMatchObject([
    { verb: "force", targets: [{ digest: nodeDigest(situation, blockersOf(situation.reboot)) }], reason: "db is down" },
  ]);
});

test.each([
  ["a thread of others", { threadTs: "55.5", isAddressed: true }],
  ["the board's thread", { threadTs: "70.1" }],
])("in %s nodes are meant by their names, too", async (_, changes) => {
  const board = aReference({ key: "board", kind: "board", ts: "70.1", targets: [] });
  const { desk, asked, settled } = await aDesk({ turn: FLEET, references: [board] });
  await settled(desk.written(aReply("skip other01 until mon", changes)));
  expect(asked).toMatchObject([{ verb: "skip", targets: [{ node: "other01", digest: digestOf("other01") }] }]);
});

test("an approve of no node is of the one card that waits, and asked back where several do", async () => {
  const both = [
    aReference({ targets: [target("kuber01"), target("kuber02")] }),
    aReference({ key: "approval-2", ts: "100.2", targets: [target("other01")] }),
    aReference({ key: "approval-3", ts: "100.3", isOpen: false }),
    aReference({ key: "blocked-1", kind: "blocked", ts: "100.4" }),
  ];
  const approve = aReply("approve", { threadTs: null, isAddressed: true });
  const one = await aDesk({ turn: FLEET, references: both.slice(1) });
  await one.desk.written(approve);
  expect(one.asked).toMatchObject([{ targets: [{ node: "other01", digest: digestOf("other01") }] }]);
  const two = await aDesk({ turn: FLEET, references: both });
  await two.desk.written(approve);
  expect(two.asked).toEqual([]);
  expect(two.told).toEqual([
    whispered(
      "Nothing was decided. Several cards wait for approval. Name the nodes.\nYou could say to me:\n• `approve kuber01, kuber02`\n• `approve other01`",
    ),
  ]);
});

test.each([
  ["help", "In a card's thread, reply approve"],
  ["", "In a card's thread, reply approve"],
  ["good morning", "Nothing was decided: I don't understand that."],
  ["status", "abal-kuber: 3 of 3 nodes to go."],
  ["why kuber01", "kuber01 (pool control-plane): wants to reboot since"],
  ["don't approve kuber01", "Nothing was decided."],
])("%j to the bot is answered, and decides nothing", async (text, says) => {
  const { desk, asked, told } = await aDesk({ turn: FLEET });
  await desk.written(aReply(text, { threadTs: null, isAddressed: true }));
  expect(asked).toEqual([]);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(says);
});

test("a slash command is answered to Slack itself", async () => {
  const { desk, asked, told } = await aDesk({ turn: FLEET });
  const command = aReply("approve 02", { threadTs: null, isAddressed: true, ts: "trigger-9" });
  expect(await desk.commanded(command)).toBe("worker-1 is approved by ana.");
  expect(asked).toMatchObject([{ targets: [{ node: "kuber02" }] }]);
  expect(await desk.commanded({ ...command, text: "why <!channel>" })).toContain("Nothing was decided");
  expect(told).toEqual([]);
});

test("someone of another workspace decides nothing, and is told so", async () => {
  const { desk, asked, told } = await aDesk();
  await desk.written(aReply("approve", { isForeign: true }));
  expect([asked, told]).toEqual([[], [replied("You can't decide here: you are of another workspace than this app.")]]);
});

test("while Slack can't say who it is nothing is decided", async () => {
  const { desk, asked, told } = await aDesk({ people: { look: async () => ({ kind: "unreadable", why: "timeout" }) } });
  await desk.written(aReply("approve"));
  expect([asked, told]).toEqual([
    [],
    [replied("I can't check with Slack who you are (timeout). Nothing was decided; try again in a minute.")],
  ]);
});

test("while the cluster can't be reached that is told", async () => {
  const { desk, asked, told, api } = await aDesk();
  api.isDown = true;
  await desk.written(aReply("approve"));
  const says = "I can't reach the cluster now (it is down). Nothing was decided; try again in a minute.";
  expect([asked, told]).toEqual([[], [replied(says)]]);
});

test("before the first turn a reply is not read by a guessed zone", async () => {
  const { desk, asked, told, settled } = await aDesk({ turn: null });
  await settled(desk.written(aReply("skip until mon 09:00")));
  expect(asked).toEqual([]);
  expect(told[0]).toContain("I have just started");
});

test.each([null, { ...aTurn({}, { now: NOW }), policy: undefined }])(
  "plain talk stays that while nothing is known",
  async (turn) => {
    const { desk, told, settled } = await aDesk({ turn });
    await settled(desk.written(aReply("keep me posted")));
    expect(told).toEqual([]);
  },
);

test("without a policy nobody decides", async () => {
  const { desk, asked, told } = await aDesk({ turn: { ...aTurn({}, { now: NOW }), policy: undefined } });
  await desk.written(aReply("approve"));
  expect([asked, told]).toEqual([[], [replied("No policy is in force, so nobody may decide. See why on the board.")]]);
});
