import { expect, test } from "vitest";
import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, DecisionAnswer, DecisionRequest, Log, SlackPeople } from "../coordinator/ports.ts";
import { aGroup, aJudgement, aPolicy, aPool } from "../core/testing/builders.ts";
import { type Click, Desk, type Written } from "./desk.ts";
import { NO_PEOPLE } from "./no-people.ts";
import { ReferenceStore } from "./references.ts";
import { ConfigMapApi } from "./testing/configmap-api.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { aTurn } from "./testing/turns.ts";
import type { Reference } from "./view/card.ts";

const CHANNEL = "C0123456789";
const POLICY = aPolicy({ pools: [aPool({ name: "control-plane", mode: "approval" })] });
const target = (node: string, isOver = false) => ({ node, digest: `${node}.boot.0.pool.blockers`, isOver });
const aReference = (changes: Partial<Reference> = {}): Reference => ({
  key: "approval-1",
  kind: "approval",
  channel: CHANNEL,
  ts: "100.1",
  hash: "h1",
  targets: [target("kuber01"), target("kuber02")],
  alerted: null,
  isOpen: true,
  at: 0,
  ...changes,
});
const aClick = (changes: Partial<Click> = {}): Click => ({
  actionId: "approve:abal-kuber:approval-1",
  user: "U01AB",
  channel: CHANNEL,
  messageTs: "100.1",
  seen: "h1",
  ...changes,
});
const aReply = (text: string, changes: Partial<Written> = {}): Written => ({
  text,
  user: "U01AB",
  channel: CHANNEL,
  threadTs: "100.1",
  ts: "200.1",
  ...changes,
});

interface Options {
  readonly references?: readonly Reference[];
  readonly ask?: (request: DecisionRequest) => Promise<DecisionAnswer>;
  readonly turn?: Turn | null;
  readonly people?: SlackPeople;
}

async function setUp({
  references = [aReference()],
  ask,
  turn = aTurn({}, { policy: POLICY }),
  people = NO_PEOPLE,
}: Options = {}) {
  const api = new ConfigMapApi();
  const store = new ReferenceStore(api, "bootswain");
  await store.write(references, "", 0);
  const asked: DecisionRequest[] = [];
  const told: string[] = [];
  const warned: string[] = [];
  const clock = new HandClock();
  const log: Log = { info: () => {}, warn: (event) => void warned.push(event) };
  const never = () => Promise.reject(new Error("the desk only whispers"));
  const chat: Chat = {
    post: never,
    update: never,
    pin: never,
    find: never,
    open: never,
    tell: async ({ user, channel, threadTs, text }) => {
      told.push(`${channel} ${threadTs} ${user}: ${text}`);
      return { ok: true, ts: "1.1" };
    },
  };
  const judged = async (): Promise<DecisionAnswer> => ({ kind: "judged", judgement: aJudgement(), repeated: false });
  const decisions = {
    ask: async (request: DecisionRequest) => {
      asked.push(request);
      return (ask ?? judged)(request);
    },
  };
  const desk = new Desk({
    clusterName: "abal-kuber",
    decisions,
    chat,
    people,
    references: store,
    turn: () => turn,
    clock,
    log,
  });
  /** A card that is not found is looked for once more a little later. */
  const settled = async (done: Promise<void>): Promise<void> => {
    await clock.advance(10_000);
    await done;
  };
  return { api, asked, told, warned, desk, settled };
}

const private_ = (says: string): string => `${CHANNEL} 100.1 U01AB: ${says}`;

test("Approve asks about what the card showed, and answers that person in the card's thread", async () => {
  const { desk, asked, told } = await setUp();
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
  expect(told).toEqual([private_("worker-1 is approved by ana.")]);
});

test("a node that the card shows as done or void is not decided on, by click or by reply", async () => {
  const { desk, asked, told } = await setUp({
    references: [aReference({ targets: [target("kuber01", true), target("kuber02")] })],
  });
  await desk.clicked(aClick());
  await desk.written(aReply("approve"));
  expect(asked.map(({ targets }) => targets.map(({ node }) => node))).toEqual([["kuber02"], ["kuber02"]]);
  await desk.written(aReply("approve kuber01", { ts: "200.2" }));
  expect(asked).toHaveLength(2);
  expect(told.at(-1)).toBe(private_("This card is about kuber02. Name one of them, or none for all."));
});

test("a card on which nothing is left says so", async () => {
  const { desk, asked, told } = await setUp({ references: [aReference({ targets: [target("kuber01", true)] })] });
  await desk.clicked(aClick());
  expect([asked, told]).toEqual([
    [],
    [private_("Nothing on this card waits for a decision. See the board for what does.")],
  ]);
});

const sameName: readonly (readonly [string, Click, boolean])[] = [
  ["the same click delivered twice is the same decision", aClick(), true],
  ["another person's click is another", aClick({ user: "U02CD" }), false],
  ["a click on the card after an edit is another", aClick({ seen: "h2" }), false],
  ["another verb is another", aClick({ actionId: "retry:abal-kuber:approval-1" }), false],
];
test.each(sameName)("%s", async (_, second, isSame) => {
  const { desk, asked } = await setUp();
  await desk.clicked(aClick());
  await desk.clicked(second);
  const [first, again] = asked.map(({ name }) => name);
  expect(first === again).toBe(isSame);
});

test("the same reply delivered twice is the same decision, and a second reply is another", async () => {
  const { desk, asked } = await setUp();
  for (const ts of ["200.1", "200.1", "200.2"]) await desk.written(aReply("approve", { ts }));
  expect(new Set(asked.map(({ name }) => name)).size).toBe(2);
  expect(asked[0]?.name).toBe(asked[1]?.name);
});

test("a force is bound to what blocks the node, and carries its reason", async () => {
  const { desk, asked } = await setUp();
  await desk.written(aReply("force 01 the kernel fix must go in"));
  expect(asked).toMatchObject([
    {
      verb: "force",
      targets: [{ node: "kuber01", digest: "kuber01.boot.0.pool.blockers" }],
      reason: "the kernel fix must go in",
    },
  ]);
});

const hints: readonly (readonly [string, string])[] = [
  ["skip", "To skip, reply in this card's thread: skip until fri 18:00"],
  [
    "force",
    "To force kuber01, kuber02, reply in this card's thread: force &lt;reason&gt;. This deletes the pods that the budget protects; it lifts nothing else.",
  ],
  ["explode", "I don't know this button. The card may be from another version of me."],
];
test.each(hints)("the button %s decides nothing and says what to do", async (verb, says) => {
  const { desk, asked, told } = await setUp();
  await desk.clicked(aClick({ actionId: `${verb}:abal-kuber:approval-1` }));
  expect([asked, told]).toEqual([[], [private_(says)]]);
});

test("a click of another cluster's card is answered with both names", async () => {
  const { desk, asked, told } = await setUp();
  await desk.clicked(aClick({ actionId: "approve:<!channel>:approval-1" }));
  expect(asked).toEqual([]);
  expect(told[0]).toContain("This card is of cluster &lt;!channel&gt;, and I am the bot of abal-kuber");
});

test("a click on a card that nobody remembers is too old; a reply there is none of our business", async () => {
  const { desk, asked, told, settled } = await setUp({ references: [] });
  await settled(desk.clicked(aClick()));
  await settled(desk.written(aReply("approve")));
  expect(asked).toEqual([]);
  expect(told).toEqual([private_("This card is too old to decide on. See the board for what waits now.")]);
});

test("while the cluster can't be reached both a click and a reply are told so", async () => {
  const { desk, asked, told, api } = await setUp();
  api.isDown = true;
  await desk.clicked(aClick());
  await desk.written(aReply("approve"));
  const says = private_("I can't reach the cluster now (it is down). Nothing was decided; try again in a minute.");
  expect([asked, told]).toEqual([[], [says, says]]);
});

test("approve now asks for that, about what the card showed, and its answer is told", async () => {
  const says = "kuber01 may go now, window or not, until 23:30 CST.";
  const ask = async (): Promise<DecisionAnswer> => ({
    kind: "judged",
    judgement: aJudgement({ says }),
    repeated: false,
  });
  const { desk, asked, told } = await setUp({ ask });
  await desk.written(aReply("approve 01 now"));
  expect(asked).toMatchObject([{ verb: "now", targets: [{ node: "kuber01", digest: "kuber01.boot.0.pool." }] }]);
  expect(told).toEqual([private_(says)]);
});

const WITH_GROUPS = aPolicy({
  ...POLICY,
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
      return { kind: "member", groups: ["S3LEADS", "S1OPS"] };
    },
  };
  const { desk, asked } = await setUp({ people, turn: aTurn({}, { policy: WITH_GROUPS }) });
  await desk.clicked(aClick());
  await desk.written(aReply("approve"));
  expect(looked).toEqual(Array(2).fill(["U01AB", ["S2OPS", "S1OPS", "S3LEADS"]]));
  expect(asked.map((request) => request.groups)).toEqual(Array(2).fill(["S1OPS", "S3LEADS"]));
});

test("nobody is looked up for a policy that names no user group", async () => {
  const people: SlackPeople = { look: async (_, among) => ({ kind: "member", groups: among }) };
  const { desk, asked } = await setUp({ people });
  await desk.clicked(aClick());
  expect(asked.map((request) => request.groups)).toEqual([[]]);
});

test("a click that counted for less, since a group could not be read, does not stand for the next one", async () => {
  const found: string[][] = [[], ["S1OPS"], ["S1OPS"]];
  const people: SlackPeople = { look: async () => ({ kind: "member", groups: found.shift() ?? [] }) };
  const { desk, asked } = await setUp({ people, turn: aTurn({}, { policy: WITH_GROUPS }) });
  for (let count = 0; count < 3; count += 1) await desk.clicked(aClick());
  const [first, second, third] = asked.map(({ name }) => name);
  expect([first === second, second === third]).toEqual([false, true]);
});

test("before the first turn nobody's groups are known, so a click decides nothing", async () => {
  const { desk, asked, told } = await setUp({ turn: null });
  await desk.clicked(aClick());
  expect(asked).toEqual([]);
  expect(told[0]).toContain("I have just started");
});

test("before the first turn a reply is not read by a guessed zone", async () => {
  const { desk, asked, told } = await setUp({ turn: null });
  await desk.written(aReply("skip until mon 09:00"));
  expect(asked).toEqual([]);
  expect(told[0]).toContain("I have just started");
});

test("plain talk is neither looked up nor answered", async () => {
  const { desk, asked, told, api } = await setUp();
  api.calls.length = 0;
  await desk.written(aReply("force-push broke it, I think"));
  expect([asked, told, api.calls]).toEqual([[], [], []]);
});

const answers: readonly (readonly [string, () => Promise<DecisionAnswer>, string])[] = [
  ["a decision that nobody judged yet", async () => ({ kind: "unjudged", why: "It is noted." }), "It is noted."],
  ["a cluster that took nothing", async () => ({ kind: "unreachable", why: "Not taken." }), "Not taken."],
  [
    "a failure on our side",
    () => Promise.reject(new Error("boom")),
    "Something went wrong here, and I can't say whether this counted. See the board before you try again.",
  ],
];
test.each(answers)("%s is told as it is", async (_, ask, says) => {
  const { desk, told } = await setUp({ ask });
  await desk.clicked(aClick());
  expect(told).toEqual([private_(says)]);
});
