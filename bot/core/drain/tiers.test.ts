import { expect, test } from "vitest";
import type { Pod } from "../fleet/pod.ts";
import { POOL_DEFAULTS, type PodRule } from "../policy/policy.ts";
import { aSnapshot } from "../testing/builders.ts";
import { aPod } from "../testing/pods.ts";
import { firstTier } from "./tiers.ts";

const rule = (app: string, order: number): PodRule => ({
  match: { namespace: null, matchLabels: { app } },
  action: "evict",
  order,
  before: null,
  atMost: null,
});
const pod = (name: string, app = "web", changes: Partial<Pod> = {}): Pod => aPod({ name, labels: { app }, ...changes });
const critical = { isCritical: true };

test.each<[string, readonly PodRule[], readonly Pod[], readonly string[]]>([
  ["without rules all leave at once", [], [pod("a"), pod("b")], ["a", "b"]],
  ["a lower order leaves first", [rule("db", 10)], [pod("a", "db"), pod("b")], ["b"]],
  ["a negative order leaves before those without one", [rule("db", -1)], [pod("a", "db"), pod("b")], ["a"]],
  ["the first rule that matches counts", [rule("db", 5), rule("db", -5)], [pod("a", "db"), pod("b")], ["b"]],
  ["the next tier's turn comes when those before are gone", [rule("db", 10)], [pod("a", "db")], ["a"]],
  ["non-critical before critical", [], [pod("a", "web", critical), pod("b")], ["b"]],
  ["the order counts before that", [rule("db", 10)], [pod("a", "web", critical), pod("b", "db")], ["a"]],
  ["no pods are no tier", [], [], []],
])("%s", (_, pods, all, expected) => {
  expect(
    firstTier(all, { drain: { ...POOL_DEFAULTS.drain, pods }, snapshot: aSnapshot(), now: 0 }).map(({ name }) => name),
  ).toEqual(expected);
});
