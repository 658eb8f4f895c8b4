import { expect, test } from "vitest";
import { MINUTE } from "../../core/instant.ts";
import { aNode, aReboot, aReport } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import { APPROVAL, allText, blockedReboot, buttonsOn, failedPhase, only, STUCK } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { cardsOf } from "./cards.ts";

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
    gates: [],
    conditions: [],
    lookAgain: null,
  };
  const preparing = aReboot({
    node: "worker-1",
    phase: { kind: "preparing", order: "o1", fromBootId: "boot-1", since: NOW },
    orders: 1,
  });
  const turn = aTurn({ nodes, reports, reboots: [preparing, ...reboots.slice(1, 2), done], fleet });
  const card = only(cardsOf(turn, []), "board");
  expect(card.text).toBe("abal-kuber · 2 of 3 to go\nWindow always open. Slot 1 of 1: worker-1.");
  expect(allText(card)).toContain("🔄 worker-1  preparing");
  expect(allText(card)).toContain(
    "⏳ worker-2  It waits for a slot: 1 of 1 in use by worker-1 (preparing) · starts about 22:36 CST",
  );
  expect(allText(card)).toContain("✅ worker-3  rebooted 22:29 CST in 6 min");
  expect(allText(card)).toContain('Policy 3f2a9c1 "widen worker window"');
});

test("the line that a thread gets calls the people who may act", () => {
  const turn = aTurn({ reboots: [blockedReboot()], ...STUCK });
  expect(only(cardsOf(turn, []), "blocked").alert?.says).toMatch(/can't be drained.* <@U01AB> <@U02CD>$/);
  expect(only(cardsOf(aTurn({}, { policy: APPROVAL }), []), "approval").alert?.says).toContain("<@U01AB> <@U02CD>");
});

test("a button that the policy lets nobody use is absent", () => {
  const may = { ...aPool().may, approve: null, now: null, skip: null, force: null };
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
  expect(card.text).toBe("🛑 worker-1 did not come back\nIt is down since 21:30 CST (over 1 h).");
  expect(allText(card)).toContain("reboot called 22:15:00 CST");
  expect(allText(card)).toContain("it keeps the slot, so no other node is started");
});
