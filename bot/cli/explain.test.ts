import { describe, expect, test } from "vitest";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { HOUR, MINUTE } from "../core/instant.ts";
import type { Policy } from "../core/policy/policy.ts";
import { aHookRun } from "../core/testing/a-hook-run.ts";
import { aLine, aNode, aReboot, aReport, aSnapshot, type Parts } from "../core/testing/builders.ts";
import { earlier } from "../core/testing/decisions.ts";
import { NOW } from "../core/testing/now.ts";
import { draining, underWay } from "../core/testing/phases.ts";
import { aGroup, aPolicy, aPool, aWindow } from "../core/testing/policies.ts";
import { UserError } from "../process/exit.ts";
import { asJson, asText, explain } from "./explain.ts";

const status: PolicyStatus = {
  source: "git",
  commit: "3f2a9c1",
  valid: true,
  problems: [],
  since: NOW - HOUR,
  text: null,
};
const fleet = (changes: Partial<PolicyStatus> = {}) => ({
  version: "1",
  paused: null,
  slots: [],
  gates: [],
  conditions: [],
  lookAgain: null,
  policy: { ...status, ...changes },
});
const PAGE = "https://git.example/policies/commit/3f2a9c1";
const closed = aPolicy({ pools: [aPool({ mode: "approval", windows: [aWindow("23:00", "01:00")] })] });
const explainedBy = (policy: Policy | undefined, parts: Parts = {}) =>
  explain("worker-1", aSnapshot({ fleet: fleet(), ...parts }), policy, NOW);
const explained = (parts: Parts = {}) => explainedBy(closed, parts);

describe("as text", () => {
  test("a node that waits: its holds as sentences, in order, with their ends, and what comes then", () => {
    expect(asText(explained())).toEqual([
      "worker-1: pool workers, mode approval",
      "It needs a reboot since 21:30 CST: kernel.",
      "It waits, because",
      "  1. window: The window of workers opens at 23:00 CST.  (until 23:00 CST)",
      "  2. approval: worker-1 needs the approval of operators. Ask ana or ben.",
      "worker-1 would reboot 23:00 CST, if approved, done by about 23:08 CST",
      'By the policy of git, 3f2a9c1 "widen worker window" by Ana.',
    ]);
  });

  test.each<[string, Parts, Policy | undefined, string]>([
    ["that needs no reboot", { reports: [aReport({ pending: null })] }, closed, "It needs no reboot."],
    [
      "that somebody wanted rebooted who may no more",
      { reports: [aReport({ pending: null })], decisions: [earlier("reboot")] },
      { ...closed, groups: new Map([["operators", aGroup("operators", ["ben"])]]) },
      "ana wanted it rebooted, which counts no more: ana is not in operators any more.",
    ],
    ["whose agent never reported", { reports: [] }, closed, "Its agent has never reported."],
    ["that is next", {}, aPolicy(), "Nothing holds it: it is next."],
    ["under way", underWay(draining()), aPolicy(), "It is draining."],
    ["in no pool", {}, aPolicy({ pools: [aPool({ matchLabels: { a: "b" } })] }), "worker-1: in no pool"],
    [
      "without a policy",
      { fleet: fleet({ commit: "", valid: false }) },
      undefined,
      "  1. no policy: There is no good policy, and without one nothing is rebooted.",
    ],
    [
      "that was rebooted before",
      { reboots: [aReboot({ outcome: { kind: "rebooted", at: NOW - HOUR, took: 5 * MINUTE, bootId: "b" } })] },
      closed,
      "It was rebooted last at 21:30 CST, in 5 min.",
    ],
    [
      "whose last reboot is on record with its policy",
      {
        reboots: [
          aReboot({
            outcome: { kind: "rebooted", at: NOW - HOUR, took: 5 * MINUTE, bootId: "b" },
            history: [
              aLine({ phase: "rebooting", order: "o", policyCommit: "1111111aaa", policyPull: 41 }),
              aLine({ phase: "rebooting", order: "o", policyCommit: "2222222bbb" }),
              aLine({ policyCommit: "3f2a9c1" }),
            ],
          }),
        ],
      },
      closed,
      "It was rebooted last at 21:30 CST, in 5 min, under policy 1111111 (#41).",
    ],
    ["under a policy whose page is known", {}, aPolicy({ url: PAGE }), `  ${PAGE}`],
    [
      "while a newer policy is not used",
      { fleet: fleet({ valid: false, problems: ["policy.yaml:1:1: it is empty"] }) },
      closed,
      'By the policy of git, 3f2a9c1 "widen worker window" by Ana. Nothing newer is used since 21:30 CST: policy.yaml:1:1: it is empty',
    ],
    [
      "whose hook failed",
      { reboots: [aReboot({ hooks: [aHookRun({ state: "failed", message: "exit code 1", log: ["disk is slow"] })] })] },
      closed,
      "Hook smoke test (afterReboot, Job ops/node-smoke-1): failed: exit code 1",
    ],
    [
      "whose hook wrote something",
      { reboots: [aReboot({ hooks: [aHookRun({ state: "failed", message: "exit code 1", log: ["disk is slow"] })] })] },
      closed,
      "  | disk is slow",
    ],
    [
      "under a gate that was read",
      { fleet: { ...fleet(), gates: [{ name: "errors", state: "red", says: "it is 7 and must be < 1", since: NOW }] } },
      aPolicy({ gates: [{ kind: "query", name: "errors", mustHold: "errors < 1" }] }),
      "Gate errors: red since 22:30 CST: it is 7 and must be < 1",
    ],
  ])("a node %s", (_, parts, policy, line) => {
    expect(asText(explainedBy(policy, parts))).toContain(line);
  });
});

test("as JSON", () => {
  expect(asJson(explained())).toEqual({
    node: "worker-1",
    pool: "workers",
    mode: "approval",
    phase: "waiting",
    pending: { since: "2026-12-05T03:30:00.000Z", reasons: ["kernel"] },
    holds: [
      { kind: "window", says: "The window of workers opens at 23:00 CST.", until: "2026-12-05T05:00:00.000Z" },
      { kind: "approval", says: "worker-1 needs the approval of operators. Ask ana or ben.", until: null },
    ],
    blockers: [],
    hooks: [],
    gates: [],
    forecast: {
      kind: "starts",
      at: "2026-12-05T05:00:00.000Z",
      ends: "2026-12-05T05:08:30.000Z",
      ifApproved: true,
    },
    policy: {
      ...{ commit: "3f2a9c1", subject: "widen worker window", author: "Ana", when: null, url: null, pull: null },
      ...{ valid: true, problems: [] },
    },
  });
});

test("a node that is not there is wrong usage, with the nearest name", () => {
  const snapshot = aSnapshot({ nodes: [aNode()] });
  expect(() => explain("worker1", snapshot, closed, NOW)).toThrow(UserError);
  expect(() => explain("worker1", snapshot, closed, NOW)).toThrow("There is no node worker1. Did you mean worker-1?");
});
