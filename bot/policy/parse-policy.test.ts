import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { parseDuration } from "./duration.ts";
import { parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";

const ORIGIN = { file: "policy.yaml", commit: "3f2a9c1", subject: "first" };

const GOOD = `apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people:
  ana: { slack: U01AB }
  ben: { slack: U02CD }
groups:
  operators: { people: [ana, ben] }
pools:
  - name: control-plane
    nodes: { matchLabels: { role: control } }
    windows: always
    may:
      approve: { by: operators }
  - name: workers
    mode: automatic
    windows: [{ from: "22:00", to: "01:00" }]
`;

function problemsOf(text: string): readonly string[] {
  const parsed = parsePolicy(text, ORIGIN);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

test("the starting cluster's policy is good", () => {
  const text = readFileSync(join(import.meta.dirname, "../../policies/abal-kuber.yaml"), "utf8");
  const parsed = parsePolicy(text, { file: "policies/abal-kuber.yaml", commit: null, subject: null });
  expect(
    parsed.ok ? parsed.policy.pools.map(({ name, mode }) => [name, mode]) : parsed.problems.map(formatProblem),
  ).toEqual([
    ["control-plane", "approval"],
    ["workers", "automatic"],
  ]);
});

test("what is left out has the value that the documentation says", () => {
  const parsed = parsePolicy(GOOD, ORIGIN);
  expect(parsed.ok && parsed.policy).toMatchObject({
    commit: "3f2a9c1",
    subject: "first",
    maxRebooting: 1,
    slackChannel: null,
    pools: [
      {
        name: "control-plane",
        matchLabels: { role: "control" },
        mode: "approval",
        windows: "always",
        may: { approve: { by: "operators", people: 1, validFor: "nextWindow" }, force: null, skip: null, other: null },
        drain: { giveUpAfter: 15 * MINUTE, retryAfter: 30 * MINUTE },
        reboot: { delay: 90 * SECOND, backWithin: 15 * MINUTE },
        verify: { soak: 2 * MINUTE, atMost: 15 * MINUTE },
      },
      { name: "workers", matchLabels: null, windows: [{ from: { hour: 22, minute: 0 }, to: { hour: 1, minute: 0 } }] },
    ],
  });
});

test.each([
  ["an empty text", "", ["policy.yaml:1:1: the policy is empty"]],
  ["only a comment", "# nothing\n", ["policy.yaml:1:1: the policy is empty"]],
  ["a text, not a mapping", "hello", ["policy.yaml:1:1: Invalid input: expected object, received string"]],
  ["a duplicate key", `${GOOD}cluster: other\n`, ["policy.yaml:19:1: Map keys must be unique"]],
  ["a second document", `${GOOD}---\na: 1\n`, ["policy.yaml:19:1: a policy is one document; remove the second one"]],
  [
    "an anchor and an alias",
    GOOD.replace("people: [ana, ben]", "people: &all [ana]").replace("{ slack: U02CD }", "*all"),
    ["policy.yaml:7:8: aliases are not allowed; write the value out", "policy.yaml:9:29: anchors are not allowed"],
  ],
  ["a huge text", `# ${"x".repeat(300_000)}\n${GOOD}`, ["policy.yaml:1:1: the policy is larger than 256 KiB"]],
  [
    "another version",
    GOOD.replace("v1alpha1", "v9"),
    ["policy.yaml:1:1: apiVersion: must be policy.bootswain.dev/v1alpha1"],
  ],
  [
    "a slip in a key",
    GOOD.replace("timeZone: America", "timezone: America"),
    [
      "policy.yaml:1:1: timeZone: is missing",
      "policy.yaml:4:1: timezone: unknown key; allowed are apiVersion, kind, cluster, timeZone, maxRebooting, people, groups, slack, pools; did you mean timeZone?",
    ],
  ],
  [
    "a key of a later version",
    `${GOOD}freezes: []\n`,
    ["policy.yaml:19:1: freezes: is a key of the policy that this version does not act on yet; remove it"],
  ],
  [
    "days in a window",
    GOOD.replace('from: "22:00",', 'days: [sat], from: "22:00",'),
    [
      "policy.yaml:18:17: pools[1].windows[0].days: is a key of the policy that this version does not act on yet; remove it",
    ],
  ],
  [
    "an unknown zone",
    GOOD.replace("America/Chicago", "America/Chicogo"),
    ["policy.yaml:4:1: timeZone: America/Chicogo is no time zone; write an IANA name, such as America/Chicago"],
  ],
  [
    "a time that is none",
    GOOD.replace('"22:00"', '"25:00"'),
    ['policy.yaml:18:17: pools[1].windows[0].from: "25:00" is no time of day; write "00:00" to "23:59"'],
  ],
  ["no windows", GOOD.replace("    windows: always\n", ""), ["policy.yaml:11:5: pools[0].windows: is missing"]],
  [
    "an empty list of windows",
    GOOD.replace('[{ from: "22:00", to: "01:00" }]', "[]"),
    [
      'policy.yaml:18:5: pools[1].windows: must be always, or a list such as [{ from: "22:00", to: "01:00" }]; for nodes that are never rebooted say mode: observe',
    ],
  ],
  [
    "a bad duration",
    `${GOOD}    drain: { giveUpAfter: 15 minutes }\n`,
    ['policy.yaml:19:14: pools[1].drain.giveUpAfter: "15 minutes" is no duration; write 90s, 15m, 1h30m, 2h or 14d'],
  ],
  [
    "an unknown group",
    GOOD.replace("by: operators", "by: operator"),
    ["policy.yaml:15:18: pools[0].may.approve.by: there is no group operator. Did you mean operators?"],
  ],
  [
    "an unknown person",
    GOOD.replace("[ana, ben]", "[ana, bem]"),
    ["policy.yaml:9:30: groups.operators.people[1]: bem is not in people. Did you mean ben?"],
  ],
  [
    "one identity for two people",
    GOOD.replace("U02CD", "U01AB"),
    ["policy.yaml:7:10: people.ben.slack: U01AB is ana already; one identity is one person"],
  ],
  [
    "more people than the group has",
    GOOD.replace("{ by: operators }", "{ by: operators, people: 3 }"),
    ["policy.yaml:15:33: pools[0].may.approve.people: asks for 3 people, and operators has 2"],
  ],
  [
    "approval that nobody may give",
    GOOD.replace("    may:\n      approve: { by: operators }\n", ""),
    [
      "policy.yaml:11:5: pools[0]: control-plane needs approval (mode: approval), and nobody may give it; say may.approve, or mode: automatic",
    ],
  ],
  [
    "two pools of one name",
    GOOD.replace("name: workers", "name: control-plane"),
    ["policy.yaml:16:5: pools[1].name: another pool is named control-plane"],
  ],
  [
    "a pool below one that takes all",
    GOOD.replace("    nodes: { matchLabels: { role: control } }\n", ""),
    [
      "policy.yaml:15:5: pools[1].name: workers gets no node: control-plane stands above it and takes all that it matches",
    ],
  ],
  [
    "a label value that is no text",
    GOOD.replace("role: control", "role: true"),
    ["policy.yaml:12:29: pools[0].nodes.matchLabels.role: must be text; put true, false and numbers in quotes"],
  ],
  [
    "nothing may reboot",
    GOOD.replace("people:\n  ana", "maxRebooting: 0\npeople:\n  ana"),
    ["policy.yaml:5:1: maxRebooting: must be at least 1"],
  ],
  [
    "several problems at once",
    GOOD.replace("always", "never").replace("mode: automatic", "mode: auto"),
    [
      'policy.yaml:13:5: pools[0].windows: must be always, or a list such as [{ from: "22:00", to: "01:00" }]; for nodes that are never rebooted say mode: observe',
      "policy.yaml:17:5: pools[1].mode: must be automatic, approval or observe",
    ],
  ],
])("%s is refused with its place", (_, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test.each([
  ["90s", 90 * SECOND],
  ["15m", 15 * MINUTE],
  ["1h30m", 90 * MINUTE],
  ["14d", 14 * 24 * HOUR],
  ["", null],
  ["15", null],
  ["1.5h", null],
  ["m", null],
])("the duration %j is %j", (text, length) => {
  expect(parseDuration(text)).toBe(length);
});
