import { expect, test } from "vitest";
import { DAY, HOUR } from "../../core/instant.ts";
import type { Pool } from "../../core/policy/policy.ts";
import { aDecision, aJudgement, aNode, aReport, currentDigest } from "../../core/testing/builders.ts";
import { earlier } from "../../core/testing/decisions.ts";
import { NOW } from "../../core/testing/now.ts";
import { aGroup, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { APPROVAL, allText, buttonsOn, only, referenceOf } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import type { Card } from "./card.ts";
import { cardsOf } from "./cards.ts";

const before = aPool({ name: "control-plane", mode: "approval" });
const changed = aPolicy({ pools: [{ ...before, windows: [aWindow("22:00", "01:00")] }] });
const yes = aDecision({
  judgement: aJudgement({ at: NOW - HOUR, bound: [{ node: "worker-1", digest: currentDigest({ pool: before }) }] }),
});
const first = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
const waves = (decisions: readonly (typeof yes)[], known: readonly Card[]): readonly Card[] =>
  cardsOf(aTurn({ decisions }, { policy: changed }), known.map(referenceOf)).filter(({ kind }) => kind === "approval");

test("a change of the pool's policy voids the wave that was asked, and the new one says why it asks again", () => {
  const [old, next, ...more] = waves([], [first]);
  expect(more).toEqual([]);
  expect([old?.key, old?.isOpen, old?.text]).toEqual([
    first.key,
    false,
    "↻ control-plane: void\nVoid: the pool's policy changed. New card below.",
  ]);
  expect(next?.text).toMatch(/^🔐 control-plane: 1 node wants to reboot\. Approve\?/);
  expect(allText(next ?? first)).toContain("*Again*  the pool's policy changed since this was last asked\n");
  expect(allText(old ?? first)).not.toContain("Again");
  expect(allText(first)).not.toContain("Again");
});

test("whose yes was lost by it stands on both cards", () => {
  const approved = only(cardsOf(aTurn({ decisions: [yes] }, { policy: APPROVAL }), [referenceOf(first)]), "approval");
  const [old, next] = waves([yes], [approved]);
  expect(old?.text).toBe(
    "↻ control-plane: void\nVoid: the pool's policy changed. The yes of ana at 21:30 CST counts no more. New card below.",
  );
  expect(allText(next ?? first)).toContain("since this was last asked; the yes of ana is void\n");
});

test("a wave for a reboot that somebody wanted who may no more is void, and says why", () => {
  const wanted = { reports: [aReport({ pending: null })], decisions: [earlier("reboot", { at: NOW - HOUR })] };
  const asked = only(cardsOf(aTurn(wanted, { policy: APPROVAL }), []), "approval");
  const without = { ...APPROVAL, groups: new Map([["operators", aGroup("operators", ["ben"])]]) };
  const [card] = cardsOf(aTurn(wanted, { policy: without }), [referenceOf(asked)]).filter(
    ({ kind }) => kind === "approval",
  );
  expect([card?.isOpen, card?.text]).toEqual([
    false,
    "↻ control-plane: void\nVoid: ana wanted it rebooted, which counts no more: ana is not in operators any more.",
  ]);
});

test("the new wave says so for as long as the old card is remembered, also when that is closed", () => {
  const [old, next] = waves([], [first]);
  const later = waves([], [old ?? first, next ?? first]);
  expect(later).toEqual([next]);
});

test("an approver whom the policy knows by an ID alone is shown as Slack shows people", () => {
  const policy = aPolicy({
    ...APPROVAL,
    people: new Map(),
    groups: new Map([["operators", aGroup("operators", ["slack:U01AB"])]]),
  });
  const decision = { ...yes, judgement: { ...(yes.judgement ?? aJudgement()), person: "slack:U01AB" } };
  const card = only(cardsOf(aTurn({ decisions: [decision] }, { policy }), [referenceOf(first)]), "approval");
  expect(card.text).toBe("✔ control-plane: approved, 0 of 1 rebooted\nApproved by <@U01AB> at 21:30 CST.");
  expect(allText(card)).toContain("worker-1  approved by <@U01AB> at 21:30 CST");
});

test("who let a node go now has approved it", () => {
  const now = { ...yes, verb: "now" } as const;
  const card = only(cardsOf(aTurn({ decisions: [now] }, { policy: APPROVAL }), [referenceOf(first)]), "approval");
  expect(card.text).toContain("Approved by ana at 21:30 CST.");
});

const pendingFor = (age: number) => ({ reports: [aReport({ pending: { since: NOW - age, reasons: [] } })] });
const overduePool = (changes: Partial<Pool["overdue"]> = {}): Pool => ({
  ...before,
  overdue: { after: 14 * DAY, remindEvery: 3 * DAY, pastDeadline: "remind", ...changes },
});
const groups = new Map([
  ["operators", aGroup("operators", ["ana"])],
  ["leads", aGroup("leads", [], { slackGroups: ["S01LEADS"] })],
]);
const mention = { approval: null, blocked: null, failed: null, overdue: "leads" };

const ages: readonly (readonly [string, number, string, string])[] = [
  [
    "before its deadline",
    14 * DAY - HOUR,
    "asked",
    "*Needs*  1 of operators · pending 13 days, overdue from 23:30 CST on",
  ],
  [
    "past its deadline",
    14 * DAY + HOUR,
    "overdue-0",
    "*Needs*  1 of operators · pending 14 days, overdue since 21:30 CST",
  ],
  [
    "a reminder later",
    17 * DAY,
    "overdue-1",
    "*Needs*  1 of operators · pending 17 days, overdue since Tue Dec 1, 22:30 CST",
  ],
];
test.each(ages)("a wave that is asked for %s", (_, age, key, says) => {
  const policy = aPolicy({ groups, mention, pools: [overduePool()] });
  const card = only(cardsOf(aTurn(pendingFor(age), { policy }), []), "approval");
  expect(card.alert?.key).toBe(key);
  expect(allText(card)).toContain(says);
  const called = key === "asked" ? "Approve? <@U01AB>" : "Approve? This is overdue. <!subteam^S01LEADS> <@U01AB>";
  expect(card.alert?.says.endsWith(called)).toBe(true);
});

test("where the policy lets a node go past its deadline, the card says until when a yes is needed", () => {
  const policy = aPolicy({ pools: [overduePool({ pastDeadline: "automatic" })] });
  const nearly = only(cardsOf(aTurn(pendingFor(14 * DAY - HOUR), { policy }), []), "approval");
  expect(nearly.text.split("\n")[1]).toBe(
    "Nothing happens without a yes until 23:30 CST; past that the policy needs none.",
  );
  const late = aTurn({ nodes: [aNode()], ...pendingFor(15 * DAY) }, { policy });
  const card = only(cardsOf(late, [referenceOf(nearly)]), "approval");
  expect([card.isOpen, card.alert, buttonsOn(card)]).toEqual([true, null, []]);
  expect(card.text).toBe(
    "✔ control-plane: overdue, needs no approval now, 0 of 1 rebooted\nNo decision is wanted here.",
  );
  expect(allText(card)).toContain("worker-1  past its deadline: the policy lets it go without approval");
});
