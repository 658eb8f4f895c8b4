import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { aDecision, aJudgement, aLine, aNode, aReboot, aSnapshot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { aPolicy } from "../../core/testing/policies.ts";
import { UserError } from "../../process/exit.ts";
import { asJson, asText } from "./history-text.ts";
import { type PastOf, pastOf } from "./past.ts";

const OLD = { policyCommit: "1111111aaa", policyPull: 41 };
const NEW = { policyCommit: "3f2a9c1d5e", policyPull: 42 };
const inForce = aPolicy({
  commit: "3f2a9c1d5e",
  url: "https://git.example/policies/commit/3f2a9c1d5e",
  pull: { number: 42, url: "https://git.example/policies/pull/42" },
});

const snapshot = aSnapshot({
  nodes: [aNode({ name: "kuber01" }), aNode({ name: "kuber02" })],
  reboots: [
    aReboot({
      node: "kuber01",
      history: [
        aLine({ ...OLD, at: NOW - 20 * MINUTE, phase: "preparing", order: "order-1", says: "takes a slot" }),
        aLine({ ...NEW, at: NOW - 10 * MINUTE, order: "order-1", says: "rebooted and verified in 10 min" }),
      ],
    }),
    aReboot({
      node: "kuber02",
      history: [aLine({ at: NOW - 2 * DAY, order: "order-0", says: "gives up: the window closed" })],
    }),
  ],
  decisions: [
    aDecision({
      name: "cli-1",
      targets: [{ node: "kuber01", digest: null }],
      judgement: aJudgement({ at: NOW - HOUR, says: "kuber01 is approved by ana.", ...OLD }),
    }),
    aDecision({
      name: "cli-2",
      verb: "force",
      reason: "urgent",
      targets: [{ node: "kuber02", digest: null }],
      judgement: aJudgement({ at: NOW - MINUTE, outcome: "refused", person: "eve", says: "Only leads may." }),
    }),
    aDecision({ name: "cli-3", verb: "pause", targets: [], by: { system: "kubernetes", id: "mo" } }),
    aDecision({ name: "cli-4", targets: [{ node: "gone04", digest: null }], judgement: aJudgement({ at: NOW - DAY }) }),
  ],
});
const text = (asked: Partial<PastOf> = {}, policy: Policy | undefined = aPolicy()) =>
  asText(pastOf(snapshot, { node: null, since: null, ...asked }, policy), "America/Chicago", NOW);

test("decisions with what came of them, and how each try went, newest last, in the policy's zone", () => {
  expect(text().map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
    "Wed Dec 2, 22:30 CST | kuber02 | waiting | gives up: the window closed",
    "Thu Dec 3, 22:30 CST | gone04 | approve by ana | worker-1 is approved by ana.",
    "21:30 CST | kuber01 | approve by ana | kuber01 is approved by ana. · policy 1111111 (#41)",
    "22:10 CST | kuber01 | preparing | takes a slot · policy 1111111 (#41)",
    "22:20 CST | kuber01 | waiting | rebooted and verified in 10 min · policy 3f2a9c1 (#42)",
    '22:29 CST | kuber02 | force by eve | "urgent" Refused: Only leads may.',
    "22:30 CST | all nodes | pause by kubernetes:mo | No leader has judged it yet.",
  ]);
});

test("each policy that something was done under stands at the end, with its page", () => {
  expect(text({}, inForce).slice(-3)).toEqual([
    "",
    "policy 1111111 (#41): https://git.example/policies/commit/1111111aaa",
    "policy 3f2a9c1 (#42): https://git.example/policies/commit/3f2a9c1d5e",
  ]);
});

test.each<[string, Partial<PastOf>, number]>([
  ["of one node, with what was said of all", { node: "01" }, 4],
  ["of a node that is gone", { node: "gone04" }, 2],
  ["since then", { since: NOW - 15 * MINUTE }, 3],
  ["both", { node: "kuber02", since: NOW - DAY }, 2],
])("%s", (_, asked, count) => {
  expect(text(asked)).toHaveLength(count);
});

test("nothing at all, and a slip", () => {
  expect(asText([], "utc", NOW)).toEqual(["Nothing is on record."]);
  expect(() => text({ node: "kuber1" })).toThrow(UserError);
});

test("as JSON", () => {
  expect(asJson(pastOf(snapshot, { node: "kuber01", since: null }, inForce)).slice(0, 3)).toEqual([
    {
      kind: "decision",
      at: "2026-12-05T03:30:00.000Z",
      name: "cli-1",
      verb: "approve",
      nodes: ["kuber01"],
      by: "ana",
      reason: null,
      outcome: "counted",
      says: "kuber01 is approved by ana.",
      ...OLD,
      policyUrl: "https://git.example/policies/commit/1111111aaa",
      policyPullUrl: null,
    },
    {
      kind: "change",
      at: "2026-12-05T04:10:00.000Z",
      node: "kuber01",
      phase: "preparing",
      order: "order-1",
      says: "takes a slot",
      ...OLD,
      policyUrl: "https://git.example/policies/commit/1111111aaa",
      policyPullUrl: null,
    },
    expect.objectContaining({
      ...NEW,
      policyUrl: "https://git.example/policies/commit/3f2a9c1d5e",
      policyPullUrl: "https://git.example/policies/pull/42",
    }),
  ]);
});
