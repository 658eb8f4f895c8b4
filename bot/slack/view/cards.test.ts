import { expect, test } from "vitest";
import type { Judgement } from "../../core/fleet/decision.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { HOUR, MINUTE } from "../../core/instant.ts";
import {
  aBudget,
  aDecision,
  aJudgement,
  aNode,
  aPolicy,
  aPool,
  aReboot,
  aRefusal,
  aReport,
  currentDigest,
  NOW,
} from "../../core/testing/builders.ts";
import { blockProblems } from "../../sim/slack/limits.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card, Reference } from "./card.ts";
import { cardsOf } from "./cards.ts";

const APPROVAL = aPolicy({ pools: [aPool({ name: "control-plane", mode: "approval" })] });

const referenceOf = ({ key, kind, channel, targets, isOpen }: Card): Reference => ({
  key,
  kind,
  channel,
  targets,
  isOpen,
  ts: "1.1",
  hash: "",
  alerted: null,
  at: NOW,
});

function only(cards: readonly Card[], kind: Card["kind"]): Card {
  const [card, ...more] = cards.filter((one) => one.kind === kind);
  if (card === undefined || more.length > 0) throw new Error(`${more.length + 1} cards of kind ${kind}`);
  return card;
}

const allText = ({ blocks }: Card): string =>
  blocks
    .map((block) => JSON.stringify(block))
    .join("\n")
    .replaceAll("\\n", "\n")
    .replaceAll('\\"', '"');
const buttonsOn = (card: Card): readonly string[] =>
  [...allText(card).matchAll(/"plain_text","text":"([^"]+)"/g)].map((match) => match[1] ?? "");

const blockedReboot = (changes: Partial<NodeReboot> = {}): NodeReboot =>
  aReboot({
    outcome: { kind: "yielded", at: NOW - MINUTE, order: "o1", why: { kind: "blocked", refused: [aRefusal()] } },
    retryAt: NOW + 20 * MINUTE,
    tries: 1,
    triesSince: NOW - MINUTE,
    ...changes,
  });

const failedPhase: PhaseOf<"failed"> = {
  kind: "failed",
  order: "o1",
  fromBootId: "boot-1",
  notAfter: NOW - 10 * MINUTE,
  since: NOW,
  cause: { kind: "did not come back", calledAt: NOW - 15 * MINUTE },
};

test("the board says how many are to go, who has a slot, and why each node waits", () => {
  const nodes = ["worker-1", "worker-2", "worker-3"].map((name) => aNode({ name }));
  const reboots = nodes.map(({ name, uid }) => aReboot({ node: name, nodeUid: uid }));
  const done = aReboot({
    node: "worker-3",
    nodeUid: "uid-worker-3",
    outcome: { kind: "rebooted", at: NOW - MINUTE, took: 6 * MINUTE, bootId: "boot-1" },
  });
  const reports = nodes.map(({ name, uid }) =>
    aReport({ node: name, nodeUid: uid, ...(name === "worker-3" ? { pending: null } : {}) }),
  );
  const fleet = {
    version: "1",
    paused: null,
    slots: [{ node: "worker-1", uid: "uid-worker-1", order: "o1" }],
    policy: null,
  };
  const preparing = aReboot({
    node: "worker-1",
    phase: { kind: "preparing", order: "o1", fromBootId: "boot-1", since: NOW },
    orders: 1,
  });
  const turn = aTurn({ nodes, reports, reboots: [preparing, ...reboots.slice(1, 2), done], fleet });
  const card = only(cardsOf(turn, []), "board");
  expect(card.text).toBe("abal-kuber · 2 of 3 to go\nSlots 1 of 1: worker-1.");
  expect(allText(card)).toContain("🔄 worker-1  preparing");
  expect(allText(card)).toContain("⏳ worker-2  It waits for a slot: 1 of 1 in use by worker-1 (preparing).");
  expect(allText(card)).toContain("✅ worker-3  rebooted 22:29 CST in 6 min");
  expect(allText(card)).toContain('Policy 3f2a9c1 "widen worker window"');
});

test("a wave is asked for once its nodes have been pending for ten minutes", () => {
  const young = aReport({ pending: { since: NOW - 9 * MINUTE, reasons: [] } });
  expect(cardsOf(aTurn({ reports: [young] }, { policy: APPROVAL }), []).map(({ kind }) => kind)).toEqual(["board"]);
  const card = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  expect(card.text).toBe("🔐 control-plane: 1 node wants to reboot. Approve?\nNothing happens without a yes.");
  expect(buttonsOn(card)).toEqual(["Approve", "Skip…"]);
  expect(allText(card)).toContain("<@U01AB> <@U02CD>");
  expect(card.targets.map(({ node }) => node)).toEqual(["worker-1"]);
});

test("the card of a wave stays the same card, and a node that becomes pending later gets another", () => {
  const first = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  const nodes = ["worker-1", "worker-2"].map((name) => aNode({ name }));
  const cards = cardsOf(aTurn({ nodes }, { policy: APPROVAL }), [referenceOf(first)]).filter(
    ({ kind }) => kind === "approval",
  );
  expect(cards.map(({ key }) => key === first.key)).toEqual([true, false]);
  expect(cards[1]?.targets.map(({ node }) => node)).toEqual(["worker-2"]);
});

test("a wave whose node was rebooted by hand is void, says so, and shows no button", () => {
  const first = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  const node = aNode({ bootId: "boot-2" });
  const turn = aTurn({ nodes: [node], reports: [aReport({ bootId: "boot-2", pending: null })] }, { policy: APPROVAL });
  const card = only(cardsOf(turn, [referenceOf(first)]), "approval");
  expect(card.isOpen).toBe(false);
  expect(buttonsOn(card)).toEqual([]);
  expect(allText(card)).toContain("void: the node was rebooted");
});

test("a node that yielded to a budget has a card that names budget, pod, healthy and wanted, with force last and red", () => {
  const card = only(cardsOf(aTurn({ reboots: [blockedReboot()], budgets: [aBudget()] }), []), "blocked");
  expect(card.text).toBe(
    "⛔ worker-1 can't be drained: PDB web/web allows no eviction\nNothing is down. The node is uncordoned and serving; other nodes go on.",
  );
  expect(allText(card)).toContain(
    "PDB web/web wants 1 healthy pod and has 1 (expected 1), so pod web/web-1 may not go.",
  );
  expect(allText(card)).toContain(
    "Next     worker-1 waits: PDB web/web blocked its drain. Next try 22:50 CST, or as soon as that changes.",
  );
  expect(buttonsOn(card)).toEqual(["Try again", "Skip…", "Force…"]);
  expect(allText(card)).toContain('"style":"danger"');
});

test("while it drains a refusal is worth a card only when nothing else was left for a minute", () => {
  const draining = (onlyRefusedSince: number): NodeReboot =>
    aReboot({
      orders: 1,
      phase: {
        kind: "draining",
        order: "o1",
        fromBootId: "boot-1",
        since: NOW - HOUR,
        refused: [aRefusal()],
        onlyRefusedSince,
        emptySince: null,
        forcedBy: null,
      },
    });
  const kinds = (reboot: NodeReboot) => cardsOf(aTurn({ reboots: [reboot] }), []).map(({ kind }) => kind);
  expect(kinds(draining(NOW - 59_000))).toEqual(["board"]);
  expect(kinds(draining(NOW - 60_000))).toEqual(["blocked", "board"]);
});

const STUCK = { budgets: [aBudget()] };
const yielded = (order: string): NodeReboot["outcome"] => ({
  kind: "yielded",
  at: NOW - MINUTE,
  order,
  why: { kind: "blocked", refused: [aRefusal()] },
});

test("a blocked card goes on through the next try, alerts again when that fails, and closes with the reboot", () => {
  const first = only(cardsOf(aTurn({ reboots: [blockedReboot()], ...STUCK }), []), "blocked");
  const next = aTurn({ reboots: [blockedReboot({ tries: 2, outcome: yielded("o2") })], ...STUCK });
  const again = only(cardsOf(next, [referenceOf(first)]), "blocked");
  expect(again.key).toBe(first.key);
  expect([first.alert?.key, again.alert?.key]).toEqual(["o1", "o2"]);
  const rebooted = aReboot({ outcome: { kind: "rebooted", at: NOW, took: MINUTE, bootId: "boot-2" } });
  const turn = aTurn({
    nodes: [aNode({ bootId: "boot-2" })],
    reports: [aReport({ bootId: "boot-2", pending: null })],
    reboots: [rebooted],
  });
  const last = only(cardsOf(turn, [referenceOf(first)]), "blocked");
  expect([last.isOpen, last.text.split("\n")[0]]).toEqual([false, "✅ worker-1 was rebooted"]);
});

test("the line that a thread gets calls the people who may act", () => {
  const turn = aTurn({ reboots: [blockedReboot()], ...STUCK });
  expect(only(cardsOf(turn, []), "blocked").alert?.says).toMatch(/can't be drained.* <@U01AB> <@U02CD>$/);
  expect(only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval").alert?.says).toContain("<@U01AB> <@U02CD>");
});

const order = { order: "o2", fromBootId: "boot-1", since: NOW };
const underWay: readonly (readonly [string, NodeReboot["phase"], string])[] = [
  [
    "preparing",
    { kind: "preparing", ...order },
    "Nothing is down. The node is uncordoned and serving; other nodes go on.",
  ],
  [
    "rebooting",
    {
      kind: "rebooting",
      order: "o2",
      fromBootId: "boot-1",
      givenAt: NOW,
      notAfter: NOW + MINUTE,
      agent: { accepted: null, rebooting: null },
    },
    "Its pods were moved, and it reboots now.",
  ],
];

test.each(underWay)("a node that is %s after it was blocked is not said to be blocked, and has no button", (...row) => {
  const [, phase, second] = row;
  const first = only(cardsOf(aTurn({ reboots: [blockedReboot()], ...STUCK }), []), "blocked");
  const reboots = [blockedReboot({ phase, orders: 2 })];
  const cards = cardsOf(aTurn({ reboots, ...STUCK }), [referenceOf(first)]);
  const card = only(cards, "blocked");
  expect(card.text).toBe(`🔄 worker-1 is tried again (${phase.kind})\n${second}`);
  expect([buttonsOn(card), card.alert]).toEqual([[], null]);
  expect(only(cards, "board").text).not.toContain("blocked");
});

test("a budget that allows an eviction again blocks nothing, and the open card says so", () => {
  const reboots = [blockedReboot()];
  const first = only(cardsOf(aTurn({ reboots, ...STUCK }), []), "blocked");
  const free = aTurn({ reboots, budgets: [aBudget({ disruptionsAllowed: 1 })] });
  expect(only(cardsOf(free, [referenceOf(first)]), "blocked").text).toMatch(
    /^⏳ worker-1 is next: PDB web\/web would allow an eviction now\n/,
  );
  expect(cardsOf(free, []).map(({ kind }) => kind)).toEqual(["board"]);
});

test("a blocked node that needs no reboot any more closes its card with that", () => {
  const first = only(cardsOf(aTurn({ reboots: [blockedReboot()], ...STUCK }), []), "blocked");
  const turn = aTurn({ reboots: [blockedReboot()], reports: [aReport({ pending: null })], ...STUCK });
  const last = only(cardsOf(turn, [referenceOf(first)]), "blocked");
  expect([last.isOpen, last.text.split("\n")[0]]).toEqual([false, "↻ worker-1 needs no reboot any more"]);
});

const said = (changes: Partial<Judgement> = {}) => aDecision({ judgement: aJudgement({ at: NOW - HOUR, ...changes }) });

test("after a yes the card says who said it and when, and keeps it while the node is under way", () => {
  const pool = aPool({ name: "control-plane", mode: "approval" });
  const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];
  const first = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  const decisions = [said({ bound })];
  const approved = only(cardsOf(aTurn({ decisions }, { policy: APPROVAL }), [referenceOf(first)]), "approval");
  expect(approved.text).toBe("✔ control-plane: approved, 0 of 1 rebooted\nApproved by ana at 21:30 CST.");
  expect(allText(approved)).toContain("worker-1  approved by ana at 21:30 CST");
  expect([buttonsOn(approved), approved.alert]).toEqual([[], null]);
  const rebooting = aReboot({ phase: underWay[1]?.[1] ?? { kind: "waiting" }, orders: 1, given: 1 });
  const turn = aTurn({ reboots: [rebooting], decisions }, { policy: APPROVAL });
  expect(only(cardsOf(turn, [referenceOf(approved)]), "approval").text).toContain("Approved by ana at 21:30 CST.");
});

test("a node of a wave that was rebooted by hand leaves the card open for the rest, which alone is decided on", () => {
  const nodes = ["worker-1", "worker-2"].map((name) => aNode({ name }));
  const first = only(cardsOf(aTurn({ nodes }, { policy: APPROVAL }), []), "approval");
  expect(first.text).toMatch(/^🔐 control-plane: 2 nodes want to reboot/);
  const later = [aNode({ bootId: "boot-2" }), aNode({ name: "worker-2" })];
  const reports = [aReport({ bootId: "boot-2", pending: null }), aReport({ node: "worker-2" })];
  const turn = aTurn({ nodes: later, reports }, { policy: APPROVAL });
  const card = only(cardsOf(turn, [referenceOf(first)]), "approval");
  expect(card.text).toMatch(/^🔐 control-plane: 1 node wants to reboot/);
  expect(card.targets.map(({ node, isOver }) => [node, isOver])).toEqual([
    ["worker-1", true],
    ["worker-2", false],
  ]);
});

test("a button that the policy lets nobody use is absent", () => {
  const may = { ...aPool().may, approve: null, skip: null, force: null };
  const approval = aPolicy({ pools: [aPool({ mode: "approval", may })] });
  expect(buttonsOn(only(cardsOf(aTurn({}, { policy: approval }), []), "approval"))).toEqual([]);
  const automatic = aPolicy({ pools: [aPool({ may })] });
  const turn = aTurn({ reboots: [blockedReboot()], ...STUCK }, { policy: automatic });
  expect(buttonsOn(only(cardsOf(turn, []), "blocked"))).toEqual(["Try again"]);
});

test("a failed node has a card that says what is known and that it keeps its slot", () => {
  const card = only(
    cardsOf(aTurn({ nodes: [aNode({ ready: false })], reboots: [aReboot({ phase: failedPhase, orders: 1 })] }), []),
    "failed",
  );
  expect(card.text).toBe("🛑 worker-1 did not come back\nIt is down, and has failed since 22:30 CST.");
  expect(allText(card)).toContain("reboot called 22:15 CST");
  expect(allText(card)).toContain("it keeps the slot, so no other node is started");
});

const NAMES = ["<!channel>", "a&b", "*bold*<https://x|y>"];

test("names can't mention, link or leave their line", () => {
  const refused = aRefusal({ pod: "<!channel>\nweb", namespace: "a&b" });
  const report = aReport({
    pending: { since: NOW - HOUR, reasons: [{ kind: "k", identity: "i", text: "<!here> kernel", since: NOW - HOUR }] },
  });
  const turns = [
    aTurn(
      { reports: [report] },
      { policy: aPolicy({ cluster: "<@U1>", subject: "<!channel>", pools: [aPool({ mode: "approval" })] }) },
    ),
    aTurn({
      ...STUCK,
      reboots: [
        blockedReboot({
          outcome: { kind: "yielded", at: NOW, order: "o", why: { kind: "blocked", refused: [refused] } },
        }),
      ],
    }),
  ];
  for (const card of turns.flatMap((turn) => cardsOf(turn, []))) {
    expect(allText(card).replace(/"action_id":"[^"]*"/g, "")).not.toMatch(/<!channel>|<!here>|<@U1>/);
    expect(card.text).not.toMatch(/<!channel>|<!here>|<@U1>/);
  }
});

test.each([1, 40, 200])("every card of %i nodes is within Slack's limits", (count) => {
  const names = Array.from(
    { length: count },
    (_, index) => `${"node-with-a-very-long-name-".repeat(4)}${NAMES[index % 3]}${index}`,
  );
  const nodes = names.map((name) => aNode({ name }));
  const of = (make: (name: string, uid: string) => NodeReboot) => nodes.map(({ name, uid }) => make(name, uid));
  const refused = Array.from({ length: 30 }, (_, index) =>
    aRefusal({ pod: `pod-${index}-${"x".repeat(200)}`, message: "m".repeat(3_000) }),
  );
  const blocked = of((node, nodeUid) =>
    blockedReboot({
      node,
      nodeUid,
      outcome: { kind: "yielded", at: NOW, order: "o", why: { kind: "blocked", refused } },
    }),
  );
  const failed = of((node, nodeUid) => aReboot({ node, nodeUid, orders: 1, phase: { ...failedPhase, order: node } }));
  const turns = [
    aTurn({ nodes }, { policy: APPROVAL }),
    aTurn({ nodes, reboots: blocked, ...STUCK }),
    aTurn({ nodes, reboots: failed }),
  ];
  const cards = turns.flatMap((turn) => cardsOf(turn, []));
  expect(cards.length).toBeGreaterThan(2 * count);
  expect(cards.flatMap((card) => blockProblems(card.blocks, card.text))).toEqual([]);
});

const longest = (block: unknown): number =>
  Math.max(
    0,
    ...[...JSON.stringify(block).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]?.length ?? 0),
  );

test.each([
  ["many pools", 80, 1],
  ["few pools of many nodes", 4, 50],
  ["one pool of very many", 1, 400],
])("the board has room for %s, and says how many are left out", (_, poolCount, nodeCount) => {
  const pools = Array.from({ length: poolCount }, (_, pool) =>
    aPool({ name: `pool-${pool}-${"p".repeat(200)}`, matchLabels: { pool: `${pool}` } }),
  );
  const nodes = pools.flatMap((_, pool) =>
    Array.from({ length: nodeCount }, (_, node) =>
      aNode({ name: `node-${pool}-${node}-${"n".repeat(200)}`, labels: { pool: `${pool}` } }),
    ),
  );
  const card = only(cardsOf(aTurn({ nodes }, { policy: aPolicy({ pools }) }), []), "board");
  expect(blockProblems(card.blocks, card.text)).toEqual([]);
  expect(JSON.stringify(card.blocks).length).toBeLessThan(10_500);
  expect(Math.max(...card.blocks.map(longest))).toBeLessThan(3_000);
  expect(allText(card)).toMatch(/\+\d+ more/);
  expect(allText(card)).toContain("Policy 3f2a9c1");
});

test("a group of very many people doesn't crowd out what the card says", () => {
  const names = Array.from({ length: 300 }, (_, index) => `person-${index}`);
  const people = new Map(names.map((name, index) => [name, { name, slack: `U0${index}`, kubernetes: null }]));
  const groups = new Map([["operators", { name: "operators", people: names }]]);
  const policy = aPolicy({ ...APPROVAL, people, groups });
  const card = only(cardsOf(aTurn({}, { policy }), []), "approval");
  expect(allText(card)).toContain("<@U019> and 280 more of operators\nNothing happens without a yes.");
});
