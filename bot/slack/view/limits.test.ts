import { expect, test } from "vitest";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { HOUR } from "../../core/instant.ts";
import { aNode, aReboot, aReport } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aRefusal } from "../../core/testing/pods.ts";
import { aFreeze, aGroup, aPolicy, aPool } from "../../core/testing/policies.ts";
import { blockProblems } from "../../sim/slack/limits.ts";
import { APPROVAL, allText, blockedReboot, failedPhase, only, referenceOf, STUCK } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

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

/** The longest addresses that are made links of, and more than fits of what was committed. */
const FAR = {
  subject: "s".repeat(5_000),
  url: `https://git.example/${"x".repeat(360)}`,
  pull: { number: 42, url: `https://git.example/${"x".repeat(360)}` },
};

const longest = (block: unknown): number =>
  Math.max(
    0,
    ...[...JSON.stringify(block).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]?.length ?? 0),
  );

test.each([
  ["many pools", 80, 1, 200],
  ["many small pools", 70, 0, 0],
  ["few pools of many nodes", 4, 50, 200],
  ["one pool of very many", 1, 400, 200],
])("the board has room for %s, and says how many are left out", (_, poolCount, nodeCount, nameLength) => {
  const pools = Array.from({ length: poolCount }, (_, pool) =>
    aPool({ name: `pool-${pool}-${"p".repeat(nameLength)}`, matchLabels: { pool: `${pool}` } }),
  );
  const nodes = pools.flatMap((_, pool) =>
    Array.from({ length: nodeCount }, (_, node) =>
      aNode({ name: `node-${pool}-${node}-${"n".repeat(nameLength)}`, labels: { pool: `${pool}` } }),
    ),
  );
  const card = only(cardsOf(aTurn({ nodes }, { policy: aPolicy({ pools, ...FAR }) }), []), "board");
  expect(blockProblems(card.blocks, card.text)).toEqual([]);
  expect(JSON.stringify(card.blocks).length).toBeLessThan(10_500);
  expect(Math.max(...card.blocks.map(longest))).toBeLessThan(3_000);
  expect(allText(card)).toMatch(/\+\d+ more/);
  expect(allText(card)).toMatch(/Policy <https:\S+\|3f2a9c1> "sss.+…" \(<https:\S+\|#42>\)/);
});

test("a group of very many people doesn't crowd out what the card says", () => {
  const names = Array.from({ length: 300 }, (_, index) => `person-${index}`);
  const people = new Map(names.map((name, index) => [name, { name, slack: `U0${index}`, kubernetes: null }]));
  const groups = new Map([["operators", aGroup("operators", names)]]);
  const policy = aPolicy({ ...APPROVAL, people, groups });
  const card = only(cardsOf(aTurn({}, { policy }), []), "approval");
  expect(allText(card)).toContain("<@U019> and 280 more of operators\nNothing happens without a yes.");
});

test("long names of freezes, and very many channels and pools that changed, leave every card within the limits", () => {
  const long = "<!channel>".repeat(300);
  const before = Array.from({ length: 60 }, (_, index) => {
    const name = `pool-${index}`;
    const may = { ...aPool().may, approve: { by: "operators", people: 9, validFor: HOUR } };
    return aPool({ name, mode: "approval", may, matchLabels: { pool: name }, slackChannel: `C0${index}` });
  });
  const nodes = before.map(({ name }) => aNode({ name: `node-of-${name}`, labels: { pool: name } }));
  const mention = { approval: long, blocked: long, failed: long, overdue: long };
  const groups = new Map([[long, aGroup(long, [], { slackGroups: Array.from({ length: 99 }, (_, id) => `S0${id}`) })]]);
  const policy = aPolicy({ pools: before, mention, groups });
  const first = cardsOf(aTurn({ nodes }, { policy }), []);
  expect(first.filter(({ kind }) => kind === "board")).toHaveLength(61);
  const after = before.map((pool) => ({ ...pool, slackChannel: "C0NEW", windows: [] }));
  const frozen = aPolicy({ ...policy, pools: after, freezes: [aFreeze({ name: long })] });
  const next = cardsOf(aTurn({ nodes }, { policy: frozen }), first.map(referenceOf));
  expect(next.filter(({ isOpen }) => !isOpen)).toHaveLength(120);
  const cards = [...first, ...next];
  expect(cards.flatMap((card) => blockProblems(card.blocks, card.text))).toEqual([]);
  expect(cards.map((card) => allText(card)).join("")).not.toContain("<!channel>");
});

test("a fleet of 200 pending nodes in 50 pools, 60 of them blocked and 20 failed, stays within the limits", () => {
  const pools = Array.from({ length: 50 }, (_, index) =>
    aPool({
      name: `pool-${index}`,
      matchLabels: { pool: `${index}` },
      mode: index % 2 === 0 ? "approval" : "automatic",
    }),
  );
  const nodes = Array.from({ length: 200 }, (_, index) =>
    aNode({ name: `node-${index}-${"n".repeat(60)}`, labels: { pool: `${index % 50}` } }),
  );
  const reboots = nodes.map(({ name, uid }, index) => {
    const own = { node: name, nodeUid: uid };
    if (index < 60) return blockedReboot(own);
    return aReboot(index < 80 ? { ...own, orders: 1, phase: { ...failedPhase, order: name } } : own);
  });
  const turn = aTurn({ nodes, reboots, ...STUCK }, { policy: aPolicy({ pools }) });
  const first = cardsOf(turn, []);
  const again = cardsOf(turn, first.map(referenceOf));
  const count = (kind: string): number => first.filter((card) => card.kind === kind).length;
  expect([count("blocked"), count("failed"), count("board")]).toEqual([60, 20, 1]);
  expect([...first, ...again].flatMap((card) => blockProblems(card.blocks, card.text))).toEqual([]);
});
