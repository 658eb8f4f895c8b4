import { expect, test } from "vitest";
import type { DecisionAnswer, SlackPeople } from "../coordinator/ports.ts";
import { HOUR, SECOND } from "../core/instant.ts";
import { aJudgement, aReport } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { aGroup, aPolicy } from "../core/testing/policies.ts";
import type { Click } from "./deeds.ts";
import { APPROVAL_POLICY, aClick, aDesk, aReference, seenOn, target, whispered } from "./testing/a-desk.ts";
import { aTurn } from "./testing/turns.ts";

test("Approve asks about what the card showed, and answers that person in the card's thread", async () => {
  const { desk, asked, told } = await aDesk();
  await desk.clicked(aClick());
  expect(asked).toMatchObject([
    {
      verb: "approve",
      by: { system: "slack", id: "U01AB" },
      targets: [
        { node: "kuber01", digest: "kuber01.boot.0.pool." },
        { node: "kuber02", digest: "kuber02.boot.0.pool." },
      ],
      reason: null,
      until: null,
    },
  ]);
  expect(asked[0]?.name).toMatch(/^slack-[0-9a-f]{16}$/);
  expect(told).toEqual([whispered("worker-1 is approved by ana.")]);
});

test.each(["approve", "now", "retry", "move", "release", "withdraw"])("%s is one click", async (verb) => {
  const { desk, asked } = await aDesk();
  await desk.clicked(aClick({ actionId: `${verb}:abal-kuber:approval-1` }));
  expect(asked).toMatchObject([{ verb, targets: [{ node: "kuber01" }, { node: "kuber02" }] }]);
});

test("resume is one click on the board, which is no card of a node", async () => {
  const { desk, asked, api } = await aDesk({ references: [] });
  api.calls.length = 0;
  await desk.clicked(aClick({ actionId: "resume:abal-kuber:board-C0123456789" }));
  expect([asked, api.calls]).toMatchObject([[{ verb: "resume", targets: [] }], []]);
});

test("a node that the card shows as done or void is not decided on", async () => {
  const { desk, asked } = await aDesk({
    references: [aReference({ targets: [target("kuber01", true), target("kuber02")] })],
  });
  await desk.clicked(aClick());
  expect(asked.map(({ targets }) => targets.map(({ node }) => node))).toEqual([["kuber02"]]);
});

const sameName: readonly (readonly [string, Click, boolean])[] = [
  ["the same click delivered twice is the same decision", aClick(), true],
  ["a double click is one decision", aClick({ actionTs: "300.2" }), true],
  ["another person's click is another", aClick({ user: "U02CD" }), false],
  ["another verb is another", aClick({ actionId: "retry:abal-kuber:approval-1" }), false],
];
test.each(sameName)("%s", async (_, second, isSame) => {
  const { desk, asked } = await aDesk();
  await desk.clicked(aClick());
  await desk.clicked(second);
  const [first, again] = asked.map(({ name }) => name);
  expect(first === again).toBe(isSame);
});

test("a card that says again what it said an hour ago is decided on anew", async () => {
  const judgement = aJudgement({ at: NOW - HOUR });
  const answer: DecisionAnswer = { kind: "judged", judgement, repeated: true };
  const { desk, asked, told } = await aDesk({ ask: async () => answer });
  await desk.clicked(aClick());
  await desk.clicked(aClick());
  await desk.clicked(aClick({ actionTs: "300.2" }));
  const names = asked.map(({ name }) => name);
  expect([names[0] === names[2], names[1] === names[3], names[1] === names[5]]).toEqual([true, true, false]);
  expect(told).toHaveLength(3);
});

test("a double click within seconds is not asked anew", async () => {
  const { desk, asked, told } = await aDesk({
    ask: async () => ({ kind: "judged", judgement: aJudgement({ at: NOW - 5 * SECOND }), repeated: true }),
  });
  await desk.clicked(aClick());
  expect([asked.length, told.length]).toEqual([1, 1]);
});

const TOO_OLD = "This card is too old to decide on. See the board for what waits now.";
const UNKNOWN = "I don't know this button. The card may be from another version of me.";
const REBOOTED = "This changed since the card was drawn: the node was rebooted. Look again, then decide.";
const BEFORE = aReference({
  targets: ["kuber01", "kuber02"].map((node) => ({ ...target(node), digest: `${node}.earlier.0.pool.blockers` })),
});
const LEFT = "Nothing on this card waits for a decision. See the board for what does.";
const OVER = aReference({ targets: [target("kuber01", true)] });
test.each([
  ["of no verb", { actionId: "explode:abal-kuber:approval-1" }, aReference(), UNKNOWN],
  ["of a verb that is no button", { actionId: "reboot:abal-kuber:approval-1" }, aReference(), UNKNOWN],
  ["with the key of another card", { actionId: "approve:abal-kuber:approval-2" }, aReference(), UNKNOWN],
  ["with no key", { actionId: "approve:abal-kuber" }, aReference(), UNKNOWN],
  [
    "of another cluster",
    { actionId: "approve:<!channel>:approval-1" },
    aReference(),
    "This card is of cluster &lt;!channel&gt;, and I am the bot of abal-kuber: two clusters share one Slack app. Give each its own.",
  ],
  [
    "that is no id at all",
    { actionId: "x" },
    aReference(),
    "This card is of cluster , and I am the bot of abal-kuber: two clusters share one Slack app. Give each its own.",
  ],
  ["on a message that nobody remembers", { messageTs: "99.9" }, aReference(), TOO_OLD],
  ["on what was rebooted since: approve", { seen: seenOn(BEFORE) }, aReference(), REBOOTED],
  [
    "on what was rebooted since: now",
    { seen: seenOn(BEFORE), actionId: "now:abal-kuber:approval-1" },
    aReference(),
    REBOOTED,
  ],
  ["where nothing is left", { seen: seenOn(OVER) }, OVER, LEFT],
  ["where nothing is left to look at", { actionId: "look:abal-kuber:approval-1" }, OVER, LEFT],
  [
    "of a person of another workspace",
    { isForeign: true },
    aReference(),
    "You can't decide here: you are of another workspace than this app.",
  ],
])("a button %s decides nothing, and that is said", async (_, changes, reference, says) => {
  const { desk, asked, told, settled } = await aDesk({ references: [reference] });
  await settled(desk.clicked(aClick(changes)));
  expect(asked).toEqual([]);
  expect(told.map((line) => line.replace(/^.*?: /, ""))).toEqual([says]);
});

test("a click that comes before its message is remembered waits for that", async () => {
  const { desk, asked, store, clock } = await aDesk({ references: [aReference({ targets: [] })] });
  const done = desk.clicked(aClick());
  await clock.advance(1_000);
  const read = await store.read();
  await store.write([aReference()], read.ok ? read.version : "", 0);
  await clock.advance(2_000);
  await done;
  expect(asked).toHaveLength(1);
});

test("what lets no node go counts on content that was edited since", async () => {
  const { desk, asked, settled } = await aDesk();
  await settled(desk.clicked(aClick({ seen: "h0.1.2.3.4.5", actionId: "withdraw:abal-kuber:approval-1" })));
  expect(asked).toMatchObject([{ verb: "withdraw" }]);
});

test("while the cluster can't be reached that is told", async () => {
  const { desk, asked, told, api } = await aDesk();
  api.isDown = true;
  await desk.clicked(aClick());
  const says = "I can't reach the cluster now (it is down). Nothing was decided; try again in a minute.";
  expect([asked, told]).toEqual([[], [whispered(says)]]);
});

test.each(["approve", "look", "details", "resume", "skip", "pause"])(
  "before the first turn %s says that nothing is known",
  async (verb) => {
    const { desk, asked, told, opened, settled } = await aDesk({ turn: null });
    await settled(desk.clicked(aClick({ actionId: `${verb}:abal-kuber:approval-1` })));
    expect([asked, opened]).toEqual([[], []]);
    expect(told[0]).toContain("I have just started");
  },
);

const WITH_GROUPS = aPolicy({
  ...APPROVAL_POLICY,
  groups: new Map([
    ["operators", aGroup("operators", ["ana"], { slackGroups: ["S2OPS", "S1OPS"] })],
    ["leads", aGroup("leads", [], { slackGroups: ["S1OPS", "S3LEADS"] })],
  ]),
});

test("a decision carries the user groups, of those that the policy names, that the person is in", async () => {
  const looked: unknown[] = [];
  const people: SlackPeople = {
    look: async (user, among) => {
      looked.push([user, among]);
      return { kind: "member", groups: ["S3LEADS", "S1OPS"], unread: [] };
    },
  };
  const { desk, asked } = await aDesk({ people, turn: aTurn({}, { policy: WITH_GROUPS }) });
  await desk.clicked(aClick());
  expect(looked).toEqual([["U01AB", ["S2OPS", "S1OPS", "S3LEADS"]]]);
  expect(asked.map((request) => request.groups)).toEqual([["S1OPS", "S3LEADS"]]);
});

test.each([
  [
    "barred",
    async () => ({ kind: "barred", why: "you are a guest of this workspace" }) as const,
    "You can't decide here: you are a guest of this workspace.",
  ],
  [
    "unreadable",
    async () => ({ kind: "unreadable", why: "ratelimited" }) as const,
    "I can't check with Slack who you are (ratelimited). Nothing was decided; try again in a minute.",
  ],
  [
    "not answered for",
    () => Promise.reject(new Error("no route")),
    "I can't check with Slack who you are (no route). Nothing was decided; try again in a minute.",
  ],
])("nobody who is %s decides", async (_, look, says) => {
  const { desk, asked, told } = await aDesk({ people: { look } });
  await desk.clicked(aClick());
  await desk.clicked(aClick({ actionId: "resume:abal-kuber:board" }));
  expect([asked, told]).toEqual([[], [whispered(says), whispered(says)]]);
});

test("who it is is looked up while the card is", async () => {
  const order: string[] = [];
  const people: SlackPeople = {
    look: async () => {
      order.push("person");
      return { kind: "member", groups: [], unread: [] };
    },
  };
  const { desk, api } = await aDesk({ people });
  const call = api.call.bind(api);
  api.call = async (...request) => {
    order.push("card");
    await new Promise<void>((resolve) => setImmediate(resolve));
    order.push("card read");
    return call(...request);
  };
  await desk.clicked(aClick());
  expect(order.slice(0, 3)).toEqual(["person", "card", "card read"]);
});

test("a click that counted for less, since the person was in no group yet, does not stand for the next one", async () => {
  const found: string[][] = [[], ["S1OPS"], ["S1OPS"]];
  const people: SlackPeople = { look: async () => ({ kind: "member", groups: found.shift() ?? [], unread: [] }) };
  const { desk, asked } = await aDesk({ people, turn: aTurn({}, { policy: WITH_GROUPS }) });
  for (let count = 0; count < 3; count += 1) await desk.clicked(aClick());
  const [first, second, third] = asked.map(({ name }) => name);
  expect([first === second, second === third]).toEqual([false, true]);
});

test("look says how the card's nodes stand now, and decides nothing", async () => {
  const turn = aTurn({ reports: [aReport({ pending: null })] }, { policy: APPROVAL_POLICY, now: NOW });
  const { desk, asked, told } = await aDesk({
    turn,
    references: [aReference({ targets: [target("worker-1"), target("kuber02")] })],
  });
  await desk.clicked(aClick({ actionId: "look:abal-kuber:approval-1" }));
  expect(asked).toEqual([]);
  expect(told).toEqual([whispered("worker-1 (pool control-plane): needs no reboot.\n\nkuber02 is gone.")]);
});

test("details says why each node of the channel waits, without a card to be found", async () => {
  const { desk, told } = await aDesk({ references: [] });
  await desk.clicked(aClick({ actionId: "details:abal-kuber:board-C0123456789" }));
  expect(told[0]).toContain("abal-kuber: 1 of 1 nodes to go.");
  expect(told[0]).toContain("• worker-1 needs the approval of operators. Ask ana or ben.");
});
