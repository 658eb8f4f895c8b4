import { expect, test } from "vitest";
import type { Judgement } from "../../core/fleet/decision.ts";
import type { PhaseOf } from "../../core/fleet/phase.ts";
import { HOUR, MINUTE } from "../../core/instant.ts";
import { aDecision, aJudgement, aNode, aReboot, aReport, currentDigest } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPool } from "../../core/testing/policies.ts";
import { APPROVAL, allText, buttonsOn, only, referenceOf, seen } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

const REBOOTING: PhaseOf<"rebooting"> = {
  kind: "rebooting",
  order: "o2",
  fromBootId: "boot-1",
  givenAt: NOW,
  notAfter: NOW + MINUTE,
  agent: { accepted: null, rebooting: null },
};

test("a wave is asked for once its nodes have been pending for ten minutes", () => {
  const young = aReport({ pending: { since: NOW - 9 * MINUTE, reasons: [] } });
  expect(cardsOf(aTurn({ reports: [young] }, { policy: APPROVAL }), []).map(({ kind }) => kind)).toEqual(["board"]);
  const card = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  expect(card.text).toBe("🔐 control-plane: 1 node wants to reboot. Approve?\nNothing happens without a yes.");
  expect(seen(card).at(-2)).toBe("[Approve] [Skip…] [Approve now…]");
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
  expect(card.text).toBe("↻ control-plane: void\nVoid: worker-1 was rebooted by hand at Thu Dec 3, 22:30 CST.");
});

const said = (changes: Partial<Judgement> = {}) => aDecision({ judgement: aJudgement({ at: NOW - HOUR, ...changes }) });

test("after a yes the card says who said it and when, and keeps it while the node is under way", () => {
  const pool = aPool({ name: "control-plane", mode: "approval" });
  const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];
  const first = only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval");
  const skip = aDecision({ name: "decision-2", verb: "skip", judgement: aJudgement({ bound, person: "ben" }) });
  const decisions = [said({ bound }), skip];
  const approved = only(cardsOf(aTurn({ decisions }, { policy: APPROVAL }), [referenceOf(first)]), "approval");
  expect(approved.text).toBe("✔ control-plane: approved, 0 of 1 rebooted\nApproved by ana at 21:30 CST.");
  expect(allText(approved)).toContain("worker-1  approved by ana at 21:30 CST");
  expect([buttonsOn(approved), approved.alert]).toEqual([["Withdraw"], null]);
  const rebooting = aReboot({ phase: REBOOTING, orders: 1, given: 1 });
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
