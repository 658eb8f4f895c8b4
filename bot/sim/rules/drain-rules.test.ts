import { expect, test } from "vitest";
import { RuleChecker } from "./checker.ts";
import type { PolicyData } from "./policy-data.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 11, 1);

const policy: PolicyData = {
  timeZone: "UTC",
  maxRebooting: 1,
  people: {},
  groups: {},
  pools: [
    {
      name: "all",
      mode: "automatic",
      windows: "always",
      maxUnavailable: 1,
      may: {
        approve: { by: "x", people: 1, validFor: "nextWindow" },
        now: { by: "x" },
        force: { by: "x", people: 1, validFor: "2h" },
        skip: { by: "x", upTo: "1d" },
        other: { by: "x" },
      },
      drain: { giveUpAfter: "5m", retryAfter: "5m", whenWindowCloses: "stop" },
      reboot: { delay: "0s", backWithin: "15m" },
      verify: { soak: "0s", atMost: "10m" },
    },
  ],
};

const annotations = { "bootswain.dev/cordoned-for": "o1" };
const ready = [{ type: "Ready", status: "True" }];

/** A node in the middle of its drain with one pod on it, and the budget over that pod. */
function draining(disruptionsAllowed: number): RuleChecker {
  const checker = new RuleChecker({
    spells: [],
    absences: [],
    policies: [{ from: START, policy }],
    commits: [],
    slotMost: 90 * MINUTE,
    quietFrom: START,
  });
  const seen: readonly (readonly [resource: string, object: object])[] = [
    ["nodes", { metadata: { name: "n1", annotations }, spec: { unschedulable: true }, status: { conditions: ready } }],
    ["rebootfleets", { metadata: { name: "cluster" }, status: { slots: [{ node: "n1", order: "o1" }] } }],
    ["nodereboots", { metadata: { name: "n1" }, status: { phase: "draining" } }],
    [
      "pods",
      {
        metadata: { name: "p", namespace: "web", labels: { app: "p" } },
        spec: { nodeName: "n1" },
        status: { phase: "Running", conditions: ready },
      },
    ],
    [
      "poddisruptionbudgets",
      {
        metadata: { name: "p", namespace: "web", generation: 1 },
        spec: { selector: { matchExpressions: [{ key: "app", operator: "Exists" }] } },
        status: { observedGeneration: 1, disruptionsAllowed },
      },
    ],
  ];
  for (const [resource, after] of seen)
    checker.see({ at: START, decidedAt: START, actor: "people", verb: "create", resource, before: null, after });
  return checker;
}

function brokenAfter(checker: RuleChecker, minutes: number): readonly string[] {
  for (let minute = 1; minute <= minutes; minute += 1) checker.look(START + minute * MINUTE);
  return checker.broken().filter((line) => line.includes("rule 9"));
}

test("a drain whose only pod may not go is given up some minutes after giveUpAfter", () => {
  expect(brokenAfter(draining(0), 12)).toEqual([]);
  expect(brokenAfter(draining(0), 13)).toEqual([
    expect.stringContaining("rule 9: n1 has kept its slot for 12 min with pods that may not go"),
  ]);
});

test("a drain whose pod may go is another matter", () => {
  expect(brokenAfter(draining(1), 60)).toEqual([]);
});
