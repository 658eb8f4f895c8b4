import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { POOL_DEFAULTS, type Policy, type Pool } from "../core/policy/policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";

const ORIGIN = { file: "policy.yaml", commit: "3f2a9c1", subject: "first" };
const TOP =
  "apiVersion: policy.bootswain.dev/v1alpha1\nkind: RebootPolicy\ncluster: abal-kuber\ntimeZone: America/Chicago\n";

function good(text: string): Policy {
  const parsed = parsePolicy(text, ORIGIN);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return parsed.policy;
}

const poolOf = (text: string, top = TOP): Pool => {
  const [pool] = good(`${top}pools:\n  - ${text}\n`).pools;
  if (pool === undefined) throw new Error("there is no pool");
  return pool;
};

test("what is left out has the value that the documentation says", () => {
  expect(good(`${TOP}pools: [{ name: workers, mode: automatic, windows: always }]`)).toEqual({
    commit: "3f2a9c1",
    subject: "first",
    author: null,
    url: null,
    pull: null,
    when: null,
    cluster: "abal-kuber",
    timeZone: "America/Chicago",
    maxRebooting: 1,
    people: new Map(),
    groups: new Map(),
    slackChannel: null,
    mention: { approval: null, blocked: null, failed: null, overdue: null },
    freezes: [],
    gates: [],
    pools: [{ ...POOL_DEFAULTS, name: "workers", matchLabels: null, mode: "automatic", windows: "always" }],
  });
});

test("every key of the design's example means what it says there", () => {
  const policy = good(readFileSync(join(import.meta.dirname, "../../test/policies/good/every-key.yaml"), "utf8"));
  expect(policy.freezes).toEqual([
    {
      name: "year end",
      from: { date: { year: 2026, month: 12, day: 18 }, time: { hour: 18, minute: 0 } },
      to: { date: { year: 2027, month: 1, day: 4 }, time: { hour: 6, minute: 0 } },
      pools: ["workers"],
    },
  ]);
  expect(policy.gates.map(({ kind, name }) => [kind, name])).toEqual([
    ["alerts", "no alerts"],
    ["query", "api errors"],
    ["pods", "no backup running"],
  ]);
  expect(policy.mention).toEqual({
    approval: "operators",
    blocked: "operators",
    failed: "operators",
    overdue: "leads",
  });
  expect(policy.groups.get("operators")).toEqual({
    name: "operators",
    people: ["ana", "ben"],
    slackGroups: ["S01OPS"],
    kubernetesGroups: ["platform"],
  });
  expect(
    policy.pools.map(({ after, quorum, maxUnavailable, spreadOver, slackChannel }) => ({
      after,
      quorum,
      maxUnavailable,
      spreadOver,
      slackChannel,
    })),
  ).toEqual([
    {
      after: ["workers"],
      quorum: "etcd",
      maxUnavailable: { kind: "count", count: 1 },
      spreadOver: null,
      slackChannel: "C0123456789",
    },
    {
      after: [],
      quorum: null,
      maxUnavailable: { kind: "percent", percent: 25 },
      spreadOver: "topology.kubernetes.io/zone",
      slackChannel: "C0987654321",
    },
  ]);
  const [first] = policy.pools;
  expect(first?.windows).toEqual([
    {
      days: [
        { kind: "of month", nth: 1, weekday: 6 },
        { kind: "of month", nth: -1, weekday: 6 },
      ],
      from: { hour: 2, minute: 0 },
      end: { kind: "to", to: { hour: 6, minute: 0 } },
    },
  ]);
  expect(first?.may).toEqual({
    approve: { by: "operators", people: 1, validFor: "nextWindow" },
    now: { by: "leads" },
    force: { by: "leads", people: 2, validFor: 2 * HOUR },
    skip: { by: "operators", upTo: 14 * DAY },
    other: { by: "operators" },
  });
  expect(first?.overdue).toEqual({ after: 14 * DAY, remindEvery: 3 * DAY, pastDeadline: "remind" });
  expect(first?.drain.pods.map(({ action, order, atMost }) => [action, order, atMost])).toEqual([
    ["evict", 10, null],
    ["waitUntilFinished", 0, 2 * HOUR],
  ]);
  expect(first?.hooks.afterReboot).toEqual([
    { name: "smoke test", cronJob: "ops/node-smoke", onNode: true, timeout: 5 * MINUTE, onFailure: "fail" },
  ]);
});

describe("defaults", () => {
  const top = `${TOP}defaults: { mode: automatic, windows: always, drain: { giveUpAfter: 5m, retryAfter: 20m } }\n`;
  test("count where a pool says nothing", () => {
    expect(poolOf("{ name: workers }", top)).toMatchObject({
      mode: "automatic",
      windows: "always",
      drain: { giveUpAfter: 5 * MINUTE, retryAfter: 20 * MINUTE },
    });
  });

  test("are replaced whole by a pool's own key, and a warning says what is dropped", () => {
    const text = `${top}pools:\n  - { name: workers, drain: { giveUpAfter: 1m } }\n`;
    expect(good(text).pools[0]?.drain).toMatchObject({ giveUpAfter: MINUTE, retryAfter: 30 * MINUTE });
    const parsed = parsePolicy(text, ORIGIN);
    expect(parsed.ok && parsed.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/replaces defaults\.drain whole: retryAfter is 30m here, not 20m/),
    ]);
  });
});

describe("approvers, the short form", () => {
  const top = `${TOP}people: { ana: { slack: U01AB } }\nslack: { channel: C0123456789, approvers: [U01AB, U02CD] }\n`;
  test("are one group that may do everything but force, where a pool says no may", () => {
    const policy = good(`${top}pools: [{ name: all, windows: always }]`);
    expect(policy.groups.get("approvers")?.people).toEqual(["ana", "slack:U02CD"]);
    expect(policy.pools[0]?.may).toEqual({
      approve: { by: "approvers", people: 1, validFor: "nextWindow" },
      now: { by: "approvers" },
      force: null,
      skip: { by: "approvers", upTo: 14 * DAY },
      other: { by: "approvers" },
    });
  });

  test("have no right in a pool that says its own", () => {
    const pool = poolOf("{ name: all, mode: automatic, windows: always, may: { other: { by: approvers } } }", top);
    expect(pool.may).toMatchObject({ approve: null, now: null, other: { by: "approvers" } });
  });
});

test.each<[string, string, Partial<Pool>]>([
  ["observe needs no windows", "{ name: all, mode: observe }", { mode: "observe", windows: "always" }],
  [
    "weekdays over the week's end",
    '{ name: all, mode: automatic, windows: [{ days: [fri-mon], from: "22:00", for: 90m }] }',
    {
      windows: [
        {
          days: [{ kind: "weekdays", weekdays: [1, 5, 6, 7] }],
          from: { hour: 22, minute: 0 },
          end: { kind: "for", length: 90 * MINUTE },
        },
      ],
    },
  ],
  [
    "a delay of nothing",
    "{ name: all, mode: automatic, windows: always, reboot: { delay: 0s } }",
    { reboot: { delay: 0, backWithin: 15 * MINUTE } },
  ],
  [
    "durations of several units",
    "{ name: all, mode: automatic, windows: always, verify: { soak: 1m30s } }",
    { verify: { soak: 90 * SECOND, atMost: 15 * MINUTE } },
  ],
])("%s", (_, text, expected) => {
  expect(poolOf(text)).toMatchObject(expected);
});
