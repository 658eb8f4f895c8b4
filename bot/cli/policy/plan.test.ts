import { expect, test } from "vitest";
import { type Effect, effectOf } from "../../core/effect/effect.ts";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aDecision, aJudgement, aSnapshot, currentDigest } from "../../core/testing/builders.ts";
import { fleetOf } from "../../core/testing/fleets.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { effectJson } from "./plan-json.ts";
import { effectText } from "./plan-text.ts";

const approval = aPool({ mode: "approval", windows: "always" });
const inForce = aPolicy({ pools: [approval] });

const beside = (snapshot: Snapshot, policy: Policy, now: Policy | undefined): Effect =>
  effectOf(snapshot, policy, { inForce: now, now: NOW });

test("each node beside the policy in force: pool, holds, when, and the approvals that it would void", () => {
  const decisions = [
    aDecision({
      targets: [{ node: "worker-1", digest: null }],
      judgement: aJudgement({ bound: [{ node: "worker-1", digest: currentDigest({ pool: approval }) }] }),
    }),
  ];
  const policy = aPolicy({ pools: [aPool({ mode: "approval", windows: [aWindow("23:00", "01:00")] })] });
  const effect = beside(aSnapshot({ decisions }), policy, inForce);
  expect(effectText(effect)).toEqual([
    "In force is 3f2a9c1.",
    "worker-1: workers, approval",
    "  window: The window of workers opens at 23:00 CST.",
    "  approval: worker-1 needs the approval of operators. What ana approved is void: the pool's policy changed. Ask ana or ben.",
    "  would reboot 23:00 CST, if approved, done by about 23:08 CST",
    "  in force: would reboot now, done by about 22:38 CST",
    "Window of workers: Fri 2026-12-04 23:00 CST to Sat 2026-12-05 01:00 CST, 2 h (in force: always open)",
    "Void: The approval of ana for worker-1: windows of workers change.",
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
  expect(effectText(beside(snapshot, policy, inForce))).toEqual([
    "In force is 3f2a9c1.",
    "Warning: b would be in no pool any more, so Bootswain would leave it alone.",
    "Warning: Pool web has no node.",
    "a: db, observe (in force: workers, approval)",
    "  observe: Pool db is in mode observe: its nodes are shown, never rebooted.",
    "  does not reboot by itself: Pool db is in mode observe: its nodes are shown, never rebooted.",
    "  in force: would reboot now, if approved, done by about 22:38 CST",
    "b: no pool (in force: workers, approval)",
    "  no pool: No pool of the policy matches the labels of b.",
    "  does not reboot by itself: No pool of the policy matches the labels of b.",
    "  in force: would reboot 22:38 CST, if approved, done by about 22:47 CST",
    "Window of web: always open (in force: none)",
    "Pool workers is gone, with 2 nodes until now.",
  ]);
});

test("without a policy in force, and with another cluster's", () => {
  expect(effectText(beside(aSnapshot(), aPolicy(), undefined))[0]).toBe("No policy is in force on this cluster.");
  expect(effectText(beside(aSnapshot(), aPolicy({ cluster: "lab" }), inForce))[1]).toBe(
    "Warning: This policy is for cluster lab, and the one in force for abal-kuber: the bot would not use it.",
  );
});

test("as JSON", () => {
  const side = (mode: string, ifApproved: boolean) => ({
    pool: "workers",
    mode,
    holds: ifApproved ? [expect.objectContaining({ kind: "approval" })] : [],
    forecast: { kind: "starts", at: "2026-12-05T04:30:00.000Z", ends: "2026-12-05T04:38:30.000Z", ifApproved },
    stepsAside: null,
  });
  expect(effectJson(beside(aSnapshot(), aPolicy(), inForce))).toEqual({
    inForce: { cluster: "abal-kuber", commit: "3f2a9c1" },
    nodes: [{ node: "worker-1", before: side("approval", true), after: side("automatic", false), voids: [] }],
    warnings: [
      "worker-1 would start at once.",
      "The mode of workers changes from approval to automatic: 1 node would reboot without anybody's yes.",
    ],
    voided: [],
    windows: [],
    emptyPools: [],
    unreadGates: [],
  });
});
