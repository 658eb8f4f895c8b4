import { expect, test } from "vitest";
import type { Turn } from "../../coordinator/coordinator.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aNode, aReboot } from "../../core/testing/builders.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import {
  APPROVAL,
  allText,
  blockedReboot,
  buttonsOn,
  failedPhase,
  only,
  referenceOf,
  STUCK,
} from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card, Reference } from "./card.ts";
import { cardsOf } from "./cards.ts";

const OWN = "C0123456789";
const OTHER = "C0OTHER001";

const nodes = [
  aNode({ name: "db-1", labels: { pool: "databases" } }),
  aNode({ name: "web-1", labels: { pool: "web" } }),
  aNode({ name: "web-2", labels: { pool: "web" } }),
  aNode({ name: "stray-1" }),
];
const pools = (databases: string | null, web: string | null) => [
  aPool({ name: "databases", matchLabels: { pool: "databases" }, slackChannel: databases }),
  aPool({ name: "web", matchLabels: { pool: "web" }, slackChannel: web }),
];
const boardsOf = (policy: Policy): readonly Card[] =>
  cardsOf(aTurn({ nodes }, { policy }), []).filter(({ kind }) => kind === "board");
/** By its line, or in the list of those without a pool: names also stand in sentences about slots, which all boards show. */
const shownOn = (card: Card): readonly string[] =>
  nodes
    .map(({ name }) => name)
    .filter((name) => [` ${name}  `, `*no pool*\n${name}`].some((text) => allText(card).includes(text)));

interface Row {
  readonly policy: Policy;
  readonly boards: Readonly<Record<string, readonly string[]>>;
}

const rows: readonly (readonly [string, Row])[] = [
  [
    "two pools in one channel share its board, and nodes of no pool are there too",
    { policy: aPolicy({ pools: pools(OWN, OWN) }), boards: { [OWN]: ["db-1", "web-1", "web-2", "stray-1"] } },
  ],
  [
    "a pool with a channel of its own has its nodes on that board alone",
    {
      policy: aPolicy({ pools: pools(OTHER, OWN) }),
      boards: { [OWN]: ["web-1", "web-2", "stray-1"], [OTHER]: ["db-1"] },
    },
  ],
  [
    "a policy without a channel shows nodes of no pool in the first pool's",
    {
      policy: aPolicy({ slackChannel: null, pools: pools(OTHER, null) }),
      boards: { [OTHER]: ["db-1", "stray-1"] },
    },
  ],
  [
    "a policy that names no channel at all shows nothing",
    { policy: aPolicy({ slackChannel: null, pools: pools(null, null) }), boards: {} },
  ],
];

test.each(rows)("%s", (_, { policy, boards }) => {
  const found = boardsOf(policy).map((card) => [card.channel, shownOn(card)]);
  expect(Object.fromEntries(found)).toEqual(boards);
  expect(new Set(boardsOf(policy).map(({ key }) => key)).size).toBe(found.length);
});

test("each board counts its own nodes, and shows the slots of the whole cluster", () => {
  const fleet = {
    version: "1",
    paused: null,
    slots: [{ node: "web-1", uid: "uid-web-1", order: "o1" }],
    policy: null,
    gates: [],
    conditions: [],
    lookAgain: null,
  };
  const turn = aTurn({ nodes, fleet }, { policy: aPolicy({ pools: pools(OTHER, OWN) }) });
  expect(
    cardsOf(turn, [])
      .filter(({ kind }) => kind === "board")
      .map(({ text }) => text),
  ).toEqual([
    "abal-kuber · 3 of 3 to go\nWindow always open. Slot 1 of 1: web-1.",
    "abal-kuber · 1 of 1 to go\nWindow always open. Slot 1 of 1: web-1.",
  ]);
});

test("a policy that is not used is said with since when on every channel's board", () => {
  const turn = aTurn({ nodes }, { policy: aPolicy({ pools: pools(OTHER, OWN) }) });
  const policyStatus = {
    source: "git",
    commit: "3f2a9c1",
    valid: false,
    problems: ["policy.yaml:3:1: no <zone>"],
    text: null,
    since: turn.now - 3_600_000,
  };
  for (const card of cardsOf({ ...turn, policyStatus }, [])) {
    expect(allText(card)).toContain("Nothing newer is used since 21:30 CST: policy.yaml:3:1: no &lt;zone&gt;");
  }
});

const inChannel = (policy: Policy, slackChannel: string | null): Policy =>
  aPolicy({ ...policy, slackChannel, pools: policy.pools.map((pool) => ({ ...pool, slackChannel })) });

const kinds: readonly (readonly [Card["kind"], (policy: Policy) => Turn, Policy])[] = [
  ["approval", (policy) => aTurn({}, { policy }), APPROVAL],
  ["blocked", (policy) => aTurn({ reboots: [blockedReboot()], ...STUCK }, { policy }), aPolicy()],
  ["failed", (policy) => aTurn({ reboots: [aReboot({ phase: failedPhase, orders: 1 })] }, { policy }), aPolicy()],
];

test.each(kinds)("a card that is about %s follows its pool to another channel, once it stands there", (...row) => {
  const [kind, turnOf, policy] = row;
  const first = only(cardsOf(turnOf(policy), []), kind);
  const moved = turnOf(inChannel(policy, OTHER));
  const of = (known: readonly Reference[]) => cardsOf(moved, known).filter((card) => card.kind === kind);
  const before = of([referenceOf(first)]);
  expect(before.map(({ channel, isOpen }) => [channel, isOpen])).toEqual([
    [OTHER, true],
    [OWN, true],
  ]);
  const next = before.find(({ channel }) => channel === OTHER) ?? first;
  const after = of([referenceOf(first), referenceOf(next)]);
  expect(after[0]).toEqual(next);
  const old = only(after.slice(1), kind);
  expect([old.key, old.isOpen, old.alert, buttonsOn(old)]).toEqual([first.key, false, null, []]);
  expect(old.text).toBe(`↪ This card stands in <#${OTHER}> now.\n${first.text.split("\n")[0]}`);
  expect(old.targets.every(({ isOver }) => isOver)).toBe(true);
  expect(of([{ ...referenceOf(first), isOpen: false }, referenceOf(next)])).toEqual([next]);
});

test.each(kinds)("a card that is about %s is closed when its pool is shown nowhere any more", (...row) => {
  const [kind, turnOf, policy] = row;
  const first = only(cardsOf(turnOf(policy), []), kind);
  const card = only(cardsOf(turnOf(inChannel(policy, null)), [referenceOf(first)]), kind);
  expect([card.isOpen, card.text.split("\n")[0]]).toEqual([
    false,
    "↪ This card is shown nowhere now: the policy names no channel for it.",
  ]);
});

test.each(kinds)("a card that is about %s from before keys had channels goes on as the same message", (...row) => {
  const [kind, turnOf, policy] = row;
  const card = only(cardsOf(turnOf(policy), []), kind);
  const key = card.key.replace(`-${OWN}`, "");
  expect(key).not.toBe(card.key);
  const again = only(cardsOf(turnOf(policy), [{ ...referenceOf(card), key }]), kind);
  expect([again.key, again.text]).toEqual([key, card.text]);
});

test("the board of a channel that the policy left says where to look", () => {
  const known = referenceOf(only(cardsOf(aTurn(), []), "board"));
  const boards = cardsOf(aTurn({}, { policy: inChannel(aPolicy(), OTHER) }), [known]);
  expect(boards.map(({ channel, isOpen }) => [channel, isOpen])).toEqual([
    [OTHER, true],
    [OWN, false],
  ]);
  expect(boards[1]?.text).toBe(`↪ abal-kuber is not shown here any more\nSee <#${OTHER}>.`);
  const none = only(cardsOf(aTurn({}, { policy: inChannel(aPolicy(), null) }), [known]), "board");
  expect(none.text).toBe("↪ abal-kuber is not shown here any more\nThe policy names no channel.");
});
