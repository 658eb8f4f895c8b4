import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "./instant.ts";
import type { Amount, Pool } from "./policy/policy.ts";
import { limitOf } from "./room.ts";
import { aDecision, aJudgement, aNode, currentDigest, holdKinds, planned } from "./testing/builders.ts";
import { aFleetWith, fleetOf, slot, takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { draining } from "./testing/phases.ts";
import { aPolicy, aPool } from "./testing/policies.ts";

const NAMES = ["a", "b", "c", "d"];
const policyOf = (changes: Partial<Pool>, maxRebooting = 4) => aPolicy({ maxRebooting, pools: [aPool(changes)] });
const count = (n: number): Amount => ({ kind: "count", count: n });
const percent = (n: number): Amount => ({ kind: "percent", percent: n });
const says = (plan: ReturnType<typeof planned>, node: string) => plan.nodes.get(node)?.holds.map((hold) => hold.says);

test.each([
  [count(3), 10, 3],
  [percent(25), 10, 2],
  [percent(25), 3, 1],
  [percent(100), 7, 7],
  [percent(1), 0, 1],
])("%o of %i nodes is %i: a percentage is rounded down and at least 1", (amount, nodes, limit) => {
  expect(limitOf(amount, nodes)).toBe(limit);
});

describe("a pool's maxUnavailable", () => {
  test.each([
    ["a number", count(2), ["a", "b"]],
    ["half of four", percent(50), ["a", "b"]],
    ["a tenth of four", percent(10), ["a"]],
  ])("%s", (_, maxUnavailable, taken) => {
    expect(takers(planned(fleetOf(NAMES), { policy: policyOf({ maxUnavailable }) }))).toEqual(taken);
  });

  test("counts nodes that are not Ready and those that others cordoned, and names them", () => {
    const cordon = { kind: "foreign", liftedFor: null } as const;
    const nodes = {
      c: { cordon, cordonedSince: NOW - 3 * DAY },
      d: { ready: false, readyChanged: NOW - 2 * HOUR },
    };
    const plan = planned(fleetOf(NAMES, { nodes }), { policy: policyOf({ maxUnavailable: count(2) }) });
    expect(takers(plan)).toEqual([]);
    expect(says(plan, "a")).toEqual([
      "Pool workers may have 2 unavailable (maxUnavailable 2), and has 2: c, cordoned by someone else for 3 d; d, not Ready for 2 h.",
    ]);
  });

  test.each([
    ["none of the others is", {}, ["a"]],
    ["another one is", { d: { ready: false } }, []],
  ])(
    "a cordoned node that may be taken over serves still, so it goes only where %s unavailable",
    (_, others, taken) => {
      const pool = { maxUnavailable: count(1) };
      const a = aNode({ name: "a", cordon: { kind: "foreign", liftedFor: null } });
      const bound = [{ node: "a", digest: currentDigest({ node: a, pool: aPool(pool) }) }];
      const adopt = aDecision({
        verb: "adopt",
        targets: [{ node: "a", digest: null }],
        judgement: aJudgement({ bound }),
      });
      const parts = { ...fleetOf(NAMES, { nodes: { a, ...others } }), decisions: [adopt] };
      expect(takers(planned(parts, { policy: policyOf(pool) }))).toEqual(taken);
    },
  );

  test("counts what is under way in the pool itself, and nothing of another pool", () => {
    const first = aPool({ name: "first", matchLabels: { role: "first" }, maxUnavailable: count(1) });
    const policy = aPolicy({ maxRebooting: 4, pools: [first, aPool({ maxUnavailable: count(1) })] });
    const reboots = { a: { phase: draining({ order: "order-a" }), orders: 1 } };
    const nodes = { a: { labels: { role: "first" } }, b: { labels: { role: "first" } } };
    const parts = fleetOf(NAMES, { reboots, nodes });
    const plan = planned({ ...parts, fleet: aFleetWith(slot("a", "order-a")) }, { policy });
    expect(takers(plan)).toEqual(["c"]);
    expect([holdKinds(plan, "b"), holdKinds(plan, "d")]).toEqual([["budget"], ["budget"]]);
    expect(says(plan, "b")?.[0]).toContain("has 1: a (draining)");
    expect(says(plan, "d")?.[0]).toContain("has 1: c (taken now)");
  });
});

describe("spreadOver", () => {
  const zone = (name: string) => ({ labels: { zone: name } });
  const spread = { spreadOver: "zone", maxUnavailable: percent(100) };

  test("takes no second node in a zone while another zone has none under way", () => {
    const nodes = { a: zone("x"), b: zone("x"), c: zone("y"), d: zone("z") };
    expect(takers(planned(fleetOf(NAMES, { nodes }), { policy: policyOf(spread, 2) }))).toEqual(["a", "c"]);
  });

  test("a node that was passed is looked at again when others made room for it", () => {
    const nodes = { a: zone("x"), b: zone("x"), c: zone("y"), d: zone("y") };
    expect(takers(planned(fleetOf(NAMES, { nodes }), { policy: policyOf(spread) }))).toEqual(["a", "c", "d", "b"]);
  });

  test("the zones that have nothing to do count too, and the hold says which", () => {
    const parts = fleetOf(["a", "b", "c"], { nodes: { a: zone("x"), b: zone("x"), c: zone("y") } });
    const reports = parts.reports?.map((report) => (report.node === "c" ? { ...report, pending: null } : report)) ?? [];
    const plan = planned({ ...parts, reports }, { policy: policyOf(spread) });
    expect(takers(plan)).toEqual(["a"]);
    expect(says(plan, "b")).toEqual([
      "b waits: x has 1 node under way, more than y, and reboots are spread over zone.",
    ]);
  });

  test("nodes without the label are one zone of their own", () => {
    const nodes = { a: {}, b: {}, c: zone("y"), d: zone("y") };
    expect(takers(planned(fleetOf(NAMES, { nodes }), { policy: policyOf(spread, 3) }))).toHaveLength(3);
  });
});
