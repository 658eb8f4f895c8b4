import { expect, test } from "vitest";
import {
  aDecision,
  aJudgement,
  aPolicy,
  aPool,
  aSnapshot,
  aWindow,
  currentDigest,
  NOW,
} from "../../core/testing/builders.ts";
import { fleetOf } from "../../core/testing/fleets.ts";
import { asJson, asText, effectOf } from "./plan.ts";

const approval = aPool({ mode: "approval", windows: "always" });
const inForce = aPolicy({ pools: [approval] });

test("each node beside the policy in force: pool, holds, when, and the approvals that it would void", () => {
  const decisions = [
    aDecision({
      targets: [{ node: "worker-1", digest: null }],
      judgement: aJudgement({ bound: [{ node: "worker-1", digest: currentDigest({ pool: approval }) }] }),
    }),
  ];
  const policy = aPolicy({ pools: [aPool({ mode: "approval", windows: [aWindow("23:00", "01:00")] })] });
  const effect = effectOf(aSnapshot({ decisions }), policy, inForce, NOW);
  expect(asText(effect)).toEqual([
    "In force is 3f2a9c1.",
    "worker-1: workers, approval",
    "  window: The window of workers opens at 23:00 CST.",
    "  approval: worker-1 needs the approval of operators. What ana approved is void: the pool's policy changed. Ask ana or ben.",
    "  would reboot 23:00 CST, if approved, done by about 23:08 CST",
    "  in force: would reboot now, done by about 22:38 CST",
    "  voids the approval of ana",
  ]);
});

test("nodes that change their pool or mode, that are in none, and pools without a node", () => {
  const policy = aPolicy({
    pools: [
      aPool({ name: "db", matchLabels: { role: "db" }, mode: "observe" }),
      aPool({ name: "web", matchLabels: { role: "web" } }),
    ],
  });
  const snapshot = aSnapshot(fleetOf(["a", "b"], { nodes: { a: { labels: { role: "db" } } } }));
  expect(asText(effectOf(snapshot, policy, inForce, NOW))).toEqual([
    "In force is 3f2a9c1.",
    "a: db, observe (in force: workers, approval)",
    "  observe: Pool db is in mode observe: its nodes are shown, never rebooted.",
    "  does not reboot by itself: Pool db is in mode observe: its nodes are shown, never rebooted.",
    "  in force: would reboot now, if approved, done by about 22:38 CST",
    "b: no pool (in force: workers, approval)",
    "  no pool: No pool of the policy matches the labels of b.",
    "  does not reboot by itself: No pool of the policy matches the labels of b.",
    "  in force: would reboot 22:38 CST, if approved, done by about 22:47 CST",
    "Pool web has no node.",
  ]);
});

test("without a policy in force, and with another cluster's", () => {
  expect(asText(effectOf(aSnapshot(), aPolicy(), undefined, NOW))[0]).toBe("No policy is in force on this cluster.");
  expect(asText(effectOf(aSnapshot(), aPolicy({ cluster: "lab" }), inForce, NOW))[1]).toBe(
    "This policy is for cluster lab, and the one in force for abal-kuber: the bot would not use it.",
  );
});

test("as JSON", () => {
  const side = (mode: string, ifApproved: boolean) => ({
    pool: "workers",
    mode,
    holds: ifApproved ? [expect.objectContaining({ kind: "approval" })] : [],
    forecast: { kind: "starts", at: "2026-12-05T04:30:00.000Z", ends: "2026-12-05T04:38:30.000Z", ifApproved },
  });
  expect(asJson(effectOf(aSnapshot(), aPolicy(), inForce, NOW))).toEqual({
    inForce: { cluster: "abal-kuber", commit: "3f2a9c1" },
    nodes: [{ node: "worker-1", before: side("approval", true), after: side("automatic", false), voids: [] }],
    emptyPools: [],
  });
});
