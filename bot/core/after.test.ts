import { describe, expect, test } from "vitest";
import type { Node } from "./fleet/node.ts";
import type { NodeReboot } from "./fleet/reboot.ts";
import { MINUTE } from "./instant.ts";
import type { Pool } from "./policy/policy.ts";
import { aDecision, aJudgement, currentDigest, holdKinds, planned } from "./testing/builders.ts";
import { aFleetWith, fleetOf, orderOf, slot, takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { draining, failed, verifying, yielding } from "./testing/phases.ts";
import { aPolicy, aPool, aWindow } from "./testing/policies.ts";

/** `first` is a node of the pool `db`; `next` one of `web`, which goes after it. */
const policyOf = (db: Partial<Pool> = {}, web: Partial<Pool> = {}) =>
  aPolicy({
    maxRebooting: 2,
    pools: [
      aPool({ name: "web", matchLabels: { role: "web" }, after: ["db"], windows: [aWindow("22:00", "02:00")], ...web }),
      aPool({ name: "db", matchLabels: { role: "db" }, ...db }),
    ],
  });

const parts = (reboot: Partial<NodeReboot> = {}, node: Partial<Node> = {}) =>
  fleetOf(["first", "next"], {
    nodes: { first: { labels: { role: "db" }, ...node }, next: { labels: { role: "web" } } },
    reboots: { first: reboot },
  });

const order = orderOf("first");
const cordon = { kind: "ours", order } as const;

describe("a pool goes after another", () => {
  test.each<[string, Partial<NodeReboot>, Partial<Node>]>([
    ["that drains", { phase: draining({ order }), orders: 1 }, { cordon }],
    ["that is verified", { phase: verifying({ order }), orders: 1 }, {}],
  ])("%s", (_, reboot, node) => {
    const plan = planned({ ...parts(reboot, node), fleet: aFleetWith(slot("first")) }, { policy: policyOf() });
    expect(takers(plan)).toEqual([]);
    expect(plan.nodes.get("next")?.holds).toEqual([
      { kind: "after", says: `Pool web goes after db: first (${reboot.phase?.kind}) is not done.`, until: null },
    ]);
  });

  test("of which a node could go now", () => {
    const plan = planned(parts(), { policy: policyOf() });
    expect(takers(plan)).toEqual(["first"]);
    expect(holdKinds(plan, "next")).toEqual(["after"]);
  });

  test.each([
    ["whose window opens before its own closes", [aWindow("23:00", "23:30")], ["after"]],
    ["not one whose window opens when its own is closed", [aWindow("02:00", "03:00")], []],
  ])("%s", (_, windows, holds) => {
    expect(holdKinds(planned(parts(), { policy: policyOf({ windows }) }), "next")).toEqual(holds);
  });
});

describe("a pool does not wait for a node", () => {
  const skip = aDecision({
    verb: "skip",
    judgement: aJudgement({
      validUntil: NOW + MINUTE,
      bound: [
        {
          node: "first",
          digest: currentDigest({ node: { ...parts().nodes?.[0], name: "first", uid: "uid-first" } as Node }),
        },
      ],
    }),
    targets: [{ node: "first", digest: null }],
  });
  test.each<[string, Partial<NodeReboot>, Partial<Pool>, Parameters<typeof planned>[0]]>([
    ["that is blocked", { retryAt: NOW + MINUTE }, {}, {}],
    ["that nobody approved", {}, { mode: "approval" }, {}],
    ["that is skipped", {}, {}, { decisions: [skip] }],
    ["that is only observed", {}, { mode: "observe" }, {}],
    ["that gives up", { phase: yielding({ order }), orders: 1 }, {}, {}],
    ["that failed", { phase: failed({ order }), orders: 1 }, {}, {}],
  ])("%s", (_, reboot, db, more) => {
    expect(holdKinds(planned({ ...parts(reboot), ...more }, { policy: policyOf(db) }), "next")).not.toContain("after");
  });

  test("that needs no reboot", () => {
    const given = parts();
    const reports =
      given.reports?.map((report) => (report.node === "first" ? { ...report, pending: null } : report)) ?? [];
    expect(takers(planned({ ...given, reports }, { policy: policyOf() }))).toEqual(["next"]);
  });
});

test("among nodes that may go at once, those that others come after are taken first, whatever the file's order", () => {
  const policy = policyOf({}, { after: [] });
  expect(takers(planned(parts(), { policy: { ...policy, maxRebooting: 1 } }))).toEqual(["next"]);
  expect(takers(planned(parts(), { policy: { ...policyOf(), maxRebooting: 1 } }))).toEqual(["first"]);
});
