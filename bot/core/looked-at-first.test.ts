import { expect, test } from "vitest";
import type { Check } from "./fleet/check.ts";
import { MINUTE, SECOND } from "./instant.ts";
import type { Plan } from "./plan.ts";
import { holdKinds, planned } from "./testing/builders.ts";
import { fleetOf, takers } from "./testing/fleets.ts";
import { NOW } from "./testing/now.ts";
import { aBudget, aCheck, anAnswer, aPod } from "./testing/pods.ts";
import { aPolicy } from "./testing/policies.ts";

// The look at a node's pods is good for five minutes. When many become free at once, those that were looked at last by
// chance must not go before those that the policy puts first.

const fleet = fleetOf(["a", "b", "c", "d", "e", "f", "g"]);
const look = (node: string, changes: Partial<Check> = {}): readonly [string, Check] => [
  node,
  aCheck({ nodeUid: `uid-${node}`, at: NOW - MINUTE, ...changes }),
];
const OLD = { at: NOW - 10 * MINUTE };
const old = ["a", "b", "c", "d", "e", "f", "g"].map((node) => look(node, OLD));
const looks = (...fresh: readonly (readonly [string, Check])[]) => new Map([...old, ...fresh]);

const lookedAt = (plan: Plan): readonly string[] =>
  plan.steps.flatMap((step) => (step.kind === "CheckPods" ? [step.node] : []));

test("the first keeps its place while its pods are looked at", () => {
  const plan = planned({ ...fleet, checks: looks(look("b")) });
  expect(takers(plan)).toEqual([]);
  expect(lookedAt(plan)).toContain("a");
  expect(plan.nodes.get("a")?.holds).toEqual([]);
  expect(plan.nodes.get("b")?.holds.map(({ says }) => says)).toEqual([
    "It waits for a slot: 1 of 1 in use by a (its pods are looked at).",
  ]);
});

test("so it does while the look is under way, and goes once it was answered", () => {
  const underWay = planned({ ...fleet, checks: looks(look("b")) }, { inFlight: ["check/a"] });
  expect(lookedAt(underWay)).not.toContain("a");
  expect(takers(underWay)).toEqual([]);
  expect(takers(planned({ ...fleet, checks: looks(look("a", { at: NOW }), look("b")) }))).toEqual(["a"]);
});

test("where there is room for two, the second goes beside it", () => {
  const plan = planned({ ...fleet, checks: looks(look("b"), look("c")) }, { policy: aPolicy({ maxRebooting: 2 }) });
  expect(takers(plan)).toEqual(["b"]);
  expect(holdKinds(plan, "c")).toEqual(["budget"]);
});

test("of many, those are looked at that go first", () => {
  expect(lookedAt(planned({ ...fleet, checks: looks() }, { policy: aPolicy({ maxRebooting: 2 }) }))).toEqual([
    "a",
    "b",
  ]);
});

test("one that could not be looked at lets the others pass", () => {
  const plan = planned({ ...fleet, checks: looks(look("a", { problem: "403", at: NOW - SECOND }), look("b")) });
  expect(holdKinds(plan, "a")).toEqual(["unchecked"]);
  expect(takers(plan)).toEqual(["b"]);
});

test("one whose budgets change faster than it is looked at lets the others pass", () => {
  const answers = new Map([["uid-web-1", anAnswer()]]);
  const budgets = [aBudget({ disruptionsAllowed: 1 })];
  const stale = look("a", { at: NOW - SECOND, pods: [aPod()], answers });
  const plan = planned({ ...fleet, budgets, checks: looks(stale, look("b")) });
  expect(lookedAt(plan)).toContain("a");
  expect(takers(plan)).toEqual(["b"]);
});
