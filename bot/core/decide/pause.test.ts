import { describe, expect, test } from "vitest";
import type { Decision } from "../fleet/decision.ts";
import { MINUTE } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aDecision, aJudgement, aSnapshot, type Parts, planned } from "../testing/builders.ts";
import { ana, ben, eve, judged } from "../testing/decisions.ts";
import { aFleetWith } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { aGroup, aPolicy, aPool } from "../testing/policies.ts";
import { pauseOf } from "./pause.ts";

const people = new Map([
  ["ana", { name: "ana", slack: ana.id, kubernetes: null }],
  ["ben", { name: "ben", slack: ben.id, kubernetes: null }],
]);

/** Ana may do the other things in both pools, Ben among the workers only. */
const policy: Policy = aPolicy({
  people,
  groups: new Map([
    ["leads", aGroup("leads", ["ana"])],
    ["operators", aGroup("operators", ["ana", "ben"])],
  ]),
  pools: [
    aPool({ name: "control-plane", may: { ...aPool().may, other: { by: "leads" } } }),
    aPool({ name: "workers", may: { ...aPool().may, other: { by: "operators" } } }),
  ],
});

const said = (verb: "pause" | "resume", person: string, at: number, changes: Partial<Decision> = {}): Decision =>
  aDecision({
    name: `${verb}-${at}`,
    verb,
    targets: [],
    judgement: aJudgement({ person, at, validUntil: null, bound: [] }),
    ...changes,
  });

const pausedBy = (person: string): Parts => ({ decisions: [said("pause", person, NOW - MINUTE, { reason: "audit" })] });
const byHand: Parts = { fleet: { ...aFleetWith(), paused: { by: "ana", reason: "" } } };

const ask = (verb: "pause" | "resume", by: Decision["by"], parts: Parts = {}, changes: Partial<Decision> = {}) =>
  judged({ verb, by, targets: [], reason: null, ...changes }, parts, { policy });

const cases: readonly (readonly [string, ReturnType<typeof ask>, "counted" | "refused", string])[] = [
  [
    "who may decide in one pool may stop all",
    ask("pause", ben),
    "counted",
    "All reboots are paused until someone resumes them.",
  ],
  [
    "a reason is said with it",
    ask("pause", ana, {}, { reason: "audit" }),
    "counted",
    "All reboots are paused (audit) until someone resumes them.",
  ],
  [
    "who may decide nowhere may not",
    ask("pause", eve),
    "refused",
    "Only leads and operators may pause reboots. Ask ana. Ask ana or ben.",
  ],
  [
    "a pause names no node",
    ask("pause", ana, {}, { targets: [{ node: "worker-1", digest: null }] }),
    "refused",
    "A pause is of the whole cluster. Name no node, or skip the node.",
  ],
  ["one pause is enough", ask("pause", ben, pausedBy("ana")), "refused", "ana paused reboots (22:29 CST) already."],
  ["who may decide in all pools may resume", ask("resume", ana, pausedBy("ben")), "counted", "Reboots go on."],
  ["who paused may resume", ask("resume", ben, pausedBy("ben")), "counted", "Reboots go on."],
  [
    "who may decide in some pools may not resume for others",
    ask("resume", ben, pausedBy("ana")),
    "refused",
    "Only leads may resume reboots. Ask ana.",
  ],
  ["nothing is resumed that is not paused", ask("resume", ana), "refused", "Reboots are not paused."],
  [
    "a pause by hand is taken back by hand",
    ask("resume", ana, byHand),
    "refused",
    `ana paused reboots in RebootFleet's spec. Take it out there: kubectl patch rebootfleet cluster --type merge -p '{"spec":{"paused":null}}'`,
  ],
];

test.each(cases)("%s", (_, { outcome, says }, wanted, sentence) => {
  expect([outcome, says]).toEqual([wanted, sentence]);
});

describe("what is in force", () => {
  const rows: readonly (readonly [string, Parts, string | null])[] = [
    ["nothing was said", {}, null],
    ["a pause", pausedBy("ana"), "ana"],
    ["a pause that was resumed", { decisions: [said("pause", "ana", NOW - 2), said("resume", "ben", NOW - 1)] }, null],
    ["a pause after a resume", { decisions: [said("resume", "ben", NOW - 2), said("pause", "ana", NOW - 1)] }, "ana"],
    [
      "a pause that was refused",
      { decisions: [said("pause", "eve", NOW, { judgement: aJudgement({ outcome: "refused" }) })] },
      null,
    ],
    ["one by hand beside one that was resumed", { ...byHand, decisions: [said("resume", "ben", NOW)] }, "ana"],
  ];
  test.each(rows)("%s", (_, parts, by) => {
    expect(pauseOf(aSnapshot(parts))?.by ?? null).toBe(by);
  });
});

test("while it is paused a waiting node says so", () => {
  const { nodes } = planned(pausedBy("ana"), { policy });
  expect(nodes.get("worker-1")?.holds[0]).toEqual({
    kind: "paused",
    says: "ana paused all reboots: audit.",
    until: null,
  });
});
