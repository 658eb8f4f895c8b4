import { expect, test } from "vitest";
import { diagnose } from "../../core/drain/diagnosis/diagnose.ts";
import type { NodeReboot } from "../../core/fleet/reboot.ts";
import { HOUR, MINUTE } from "../../core/instant.ts";
import { aNode, aReboot, aReport } from "../../core/testing/builders.ts";
import { anEvidence } from "../../core/testing/evidence.ts";
import { NOW } from "../../core/testing/now.ts";
import { aBudget, aRefusal } from "../../core/testing/pods.ts";
import { allText, blockedReboot, buttonsOn, only, referenceOf, STUCK } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

const yielded = (order: string): NodeReboot["outcome"] => ({
  kind: "yielded",
  at: NOW - MINUTE,
  order,
  why: { kind: "blocked", refused: [aRefusal()] },
});

test("a node that yielded to a budget has a card that names budget, pod, healthy and wanted, with force last and red", () => {
  const card = only(cardsOf(aTurn({ reboots: [blockedReboot()], budgets: [aBudget()] }), []), "blocked");
  expect(card.text).toBe(
    "⛔ worker-1 can't be drained: PDB web/web allows no eviction\nNothing is down. The node is uncordoned and serving; other nodes go on.",
  );
  expect(allText(card)).toContain(
    "PDB web/web wants 1 healthy pod and has 1 (expected 1), so pod web/web-1 may not go.",
  );
  expect(allText(card)).toContain("*Next*  gave up 22:29 CST; again 22:50 CST or when that changes");
  expect(buttonsOn(card)).toEqual(["Try again", "Skip…", "Force…"]);
  expect(allText(card)).toContain('"style":"danger"');
});

test("a node that the check before the cordon holds says that nothing was touched, why, and what would help", () => {
  const diagnosis = {
    verdict: "can never be satisfied",
    cause: "single replica",
    says: "web/web wants 1 ready pod and Deployment web has 1 replica (1 of 1). Waiting can't fix this.",
    fixes: [{ says: "run one more", command: "kubectl -n web scale deployment/web --replicas=2" }],
    owner: "Deployment web",
    move: null,
  } as const;
  const held = aReboot({ blockers: [aRefusal({ diagnosis })], blockedSince: NOW - MINUTE });
  const card = only(cardsOf(aTurn({ reboots: [held], ...STUCK }), []), "blocked");
  expect(card.text).toBe(
    "⛔ worker-1 can't be drained: PDB web/web allows no eviction\nNothing was touched: the check before the cordon found this.",
  );
  expect(allText(card)).toContain(`*Why*  ${diagnosis.says}`);
  expect(allText(card)).toContain("*Fix*  `kubectl -n web scale deployment/web --replicas=2` (run one more)");
  expect(allText(card)).toContain("I notice and go on by myself.");
  expect(card.alert?.key).toBe(`held-${NOW - MINUTE}`);
});

test("where a restart of its Deployment would bring the pod up elsewhere first, people may ask for that", () => {
  const diagnosis = diagnose(anEvidence());
  const held = aReboot({ blockers: [aRefusal({ diagnosis })], blockedSince: NOW - MINUTE });
  const card = only(cardsOf(aTurn({ reboots: [held], ...STUCK }), []), "blocked");
  expect(buttonsOn(card)).toEqual(["Move the pod first", "Try again", "Skip…", "Force…"]);
  expect(allText(card)).toContain("Or reply: move · retry · skip until");
});

test("what has blocked a node for less than a minute is not worth a card", () => {
  const held = aReboot({ blockers: [aRefusal()], blockedSince: NOW - MINUTE + 1 });
  expect(cardsOf(aTurn({ reboots: [held], ...STUCK }), []).map(({ kind }) => kind)).toEqual(["board"]);
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

test("a node that runs its next boot and is checked keeps its card, until it is known how that ended", () => {
  const first = only(cardsOf(aTurn({ reboots: [blockedReboot()], ...STUCK }), []), "blocked");
  const verifying = { kind: "verifying", ...order, bootId: "boot-2", soakingSince: null } as const;
  const after = { nodes: [aNode({ bootId: "boot-2" })], reports: [aReport({ bootId: "boot-2", pending: null })] };
  const checked = aTurn({ ...after, reboots: [blockedReboot({ phase: verifying, orders: 2 })] });
  const card = only(cardsOf(checked, [referenceOf(first)]), "blocked");
  expect([card.key, card.isOpen, card.text]).toEqual([
    first.key,
    true,
    "🔄 worker-1 is tried again (verifying)\nIt was rebooted, and is being checked.",
  ]);
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
