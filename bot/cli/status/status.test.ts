import { expect, test } from "vitest";
import type { PolicyStatus } from "../../core/fleet/fleet.ts";
import { DAY, HOUR, MINUTE } from "../../core/instant.ts";
import { aDecision, aJudgement, aLine, aNode, aReboot, aReport, aSnapshot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { draining, failed, ORDER } from "../../core/testing/phases.ts";
import { aBudget, aRefusal } from "../../core/testing/pods.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { fleetStatusOf } from "./fleet-status.ts";
import { asJson } from "./status-json.ts";
import { asText } from "./status-text.ts";
import { type WindowNow, windowNow } from "./window-now.ts";

const kept: PolicyStatus = {
  source: "https://git/policies.git",
  commit: "3f2a9c1",
  valid: true,
  problems: [],
  since: NOW - DAY,
  text: null,
};
const control = { role: "control" };
const policy = aPolicy({
  pools: [
    aPool({ name: "control-plane", mode: "approval", matchLabels: control, windows: [aWindow("23:00", "01:00")] }),
    aPool({ name: "workers" }),
    aPool({ name: "spare", matchLabels: { role: "spare" } }),
  ],
  gates: [{ kind: "alerts", name: "no alerts", match: {}, ignore: [] }],
});
const empty = { version: "1", paused: null, slots: [], gates: [], conditions: [], lookAgain: null, policy: kept };

const quiet = aSnapshot({
  nodes: [aNode({ name: "kuber01", labels: control }), aNode({ name: "kuber10" })],
  reports: [aReport({ node: "kuber01" }), aReport({ node: "kuber10", pending: null })],
  reboots: [
    aReboot({ node: "kuber01" }),
    aReboot({
      node: "kuber10",
      outcome: { kind: "rebooted", at: NOW - HOUR, took: 6 * MINUTE, bootId: "boot-1" },
    }),
  ],
  fleet: {
    ...empty,
    gates: [
      { name: "no alerts", state: "green", says: "no such alert fires", since: NOW - HOUR },
      { name: "of another policy", state: "red", says: "3 > 1", since: NOW - HOUR },
    ],
  },
});

test("a quiet fleet: pools with mode and window, why each node waits and when it would go", () => {
  expect(asText(fleetStatusOf(quiet, policy, NOW), "bootswain")).toEqual([
    "abal-kuber · 1 of 2 nodes to go · 22:30 CST",
    "Slots 0 of 1: no node is under way.",
    "",
    "control-plane · approval · window opens 23:00 CST",
    "  kuber01  waits  The window of control-plane opens at 23:00 CST. It would reboot 23:00 CST, if approved, done by about 23:06 CST.",
    "",
    "workers · automatic · window always open",
    "  kuber10  well   It was rebooted 21:30 CST, in 6 min.",
    "",
    "spare · automatic · window always open",
    "  no node",
    "",
    "Gates",
    "  no alerts  green  no such alert fires (since 21:30 CST)",
    'By the policy of https://git/policies.git, 3f2a9c1 "widen worker window" by Ana.',
  ]);
});

const troubled = aSnapshot({
  nodes: ["kuber03", "kuber04", "kuber05", "kuber06"].map((name) => aNode({ name })),
  reports: [aReport({ node: "kuber03" }), aReport({ node: "kuber04" }), aReport({ node: "kuber05" })],
  reboots: [
    aReboot({ node: "kuber03", phase: draining({ refused: [aRefusal()] }), phaseSince: NOW - MINUTE }),
    aReboot({ node: "kuber04", blockers: [aRefusal()], blockedSince: NOW - HOUR }),
    aReboot({
      node: "kuber05",
      phase: failed(),
      phaseSince: NOW - MINUTE,
      history: [
        aLine({ at: NOW - MINUTE, phase: "failed", order: ORDER, says: "did not come back; its reboot was called" }),
      ],
    }),
  ],
  budgets: [aBudget()],
  decisions: [aDecision({ verb: "pause", targets: [], reason: "firmware", judgement: aJudgement({ at: NOW - HOUR }) })],
  fleet: {
    ...empty,
    slots: [{ node: "kuber05", uid: "uid-kuber05", order: ORDER }],
    policy: { ...kept, valid: false, problems: ["policy.yaml:1:1: it is empty"], since: NOW - HOUR },
    conditions: [
      { type: "AdmissionMissing", isTrue: false, says: "It is there.", since: NOW - DAY },
      { type: "SlackConnected", isTrue: false, says: "Slack refuses the token.", since: NOW - HOUR },
      { type: "PullRequestsAnswered", isTrue: false, says: "GitHub refuses it.", since: NOW - HOUR },
    ],
  },
});
const workers = aPolicy({ pools: [aPool()] });

test("a fleet in trouble: what needs a look stands first, and who paused", () => {
  const lines = asText(fleetStatusOf(troubled, workers, NOW), "kubectl bootswain");
  expect(lines.slice(0, 9)).toEqual([
    "abal-kuber · 3 of 4 nodes to go · 1 failed · 1 blocked · 22:30 CST",
    "Slots 1 of 1: kuber05. All reboots are paused by ana since 21:30 CST: firmware.",
    "",
    "Needs a look:",
    "  ! kuber05 has failed: It did not come back; its reboot was called.",
    expect.stringMatching(/^ {2}! kuber04 is blocked: /),
    "  ! No newer policy is used since 21:30 CST: policy.yaml:1:1: it is empty",
    "  ! Not SlackConnected since 21:30 CST: Slack refuses the token.",
    "  ! Not PullRequestsAnswered since 21:30 CST: GitHub refuses it.",
  ]);
  const nodes = lines.filter((line) => /^ {2}kuber/.test(line));
  expect(nodes.map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ["kuber05", "failed"],
    ["kuber04", "blocked"],
    ["kuber03", "draining"],
    ["kuber06", "unknown"],
  ]);
  expect(nodes[2]).toMatch(/Since 22:29 CST\. 1 pod was refused\./);
  expect(lines).toContain("      web/web-1: The disruption budget web needs 1 healthy pods and has 1 currently");
  expect(lines.slice(-2)).toEqual([
    'By the policy of https://git/policies.git, 3f2a9c1 "widen worker window" by Ana.',
    "What helps: kubectl bootswain explain NODE",
  ]);
});

test("without a policy, and without a bot", () => {
  const without = aSnapshot({ fleet: { ...empty, policy: { ...kept, valid: false, problems: ["it is empty"] } } });
  expect(asText(fleetStatusOf(without, undefined, NOW), "bootswain")).toEqual([
    "No policy in force · 1 of 1 nodes to go · 04:30 UTC",
    "Slots 0: no node is under way.",
    "",
    "Needs a look:",
    "  ! Without a good policy nothing is rebooted since Fri Dec 4, 04:30 UTC: it is empty",
    "",
    "in no pool",
    "  worker-1  waits  There is no good policy, and without one nothing is rebooted.",
    "",
    "No policy is in force.",
  ]);
  const bare = fleetStatusOf(aSnapshot({ fleet: null }), undefined, NOW);
  expect(bare.attention.map(({ says }) => says)).toEqual([
    "No bot has worked on this cluster yet: it has no RebootFleet.",
  ]);
});

test("where the policy came from, as JSON", () => {
  const facts = {
    ...{ subject: "widen worker window (#42)", author: "Ana", when: NOW - DAY },
    ...{ commitUrl: "https://git/c/3f2a9c1", pull: { number: 42, url: "javascript:alert(1)" } },
  };
  const fleet = { ...empty, policy: { ...kept, ...facts } };
  expect(asJson(fleetStatusOf(aSnapshot({ fleet }), workers, NOW)).policy).toEqual({
    source: "https://git/policies.git",
    commit: "3f2a9c1",
    subject: "widen worker window (#42)",
    author: "Ana",
    when: "2026-12-04T04:30:00.000Z",
    url: "https://git/c/3f2a9c1",
    pull: { number: 42, url: null },
    valid: true,
    problems: [],
    since: "2026-12-04T04:30:00.000Z",
  });
});

test("as JSON", () => {
  expect(asJson(fleetStatusOf(troubled, workers, NOW))).toMatchObject({
    cluster: "abal-kuber",
    at: "2026-12-05T04:30:00.000Z",
    paused: { by: "ana", reason: "firmware", since: "2026-12-05T03:30:00.000Z" },
    slots: { taken: ["kuber05"], most: 1 },
    attention: [
      { kind: "failed", node: "kuber05" },
      { kind: "blocked", node: "kuber04" },
      { kind: "policy", node: null },
      { kind: "condition", node: null },
      { kind: "condition", node: null },
    ],
    pools: [
      {
        name: "workers",
        mode: "automatic",
        window: { kind: "always" },
        nodes: [
          { node: "kuber05", state: "failed", phase: "failed" },
          {
            node: "kuber04",
            state: "blocked",
            phase: "waiting",
            blockers: [{ pod: "web/web-1", budgets: ["web/web"] }],
          },
          { node: "kuber03", state: "draining", since: "2026-12-05T04:29:00.000Z" },
          { node: "kuber06", state: "unknown", pendingSince: null, forecast: null },
        ],
      },
    ],
    poolless: [],
    conditions: [
      { type: "AdmissionMissing", isWell: true },
      { type: "SlackConnected", isWell: false },
      { type: "PullRequestsAnswered", isWell: false },
    ],
    policy: { commit: "3f2a9c1", valid: false, problems: ["policy.yaml:1:1: it is empty"] },
  });
});

test.each<[string, Parameters<typeof aPool>[0], Parameters<typeof aPolicy>[0], WindowNow["kind"]]>([
  ["always open", {}, {}, "always"],
  ["open", { windows: [aWindow("22:00", "23:00")] }, {}, "open"],
  ["closed", { windows: [aWindow("02:00", "03:00")] }, {}, "closed"],
  ["frozen", {}, { freezes: [aFreeze({ name: "R&D" })] }, "frozen"],
  ["never opens", { windows: [aWindow("22:00", "22:00", { end: { kind: "for", length: 0 } })] }, {}, "never"],
])("a window that is %s", (_, pool, changes, kind) => {
  expect(windowNow(aPool(pool), aPolicy(changes), NOW).kind).toBe(kind);
});
