import { expect, test } from "vitest";
import type { Refusal } from "../fleet/phase.ts";
import { HOUR, MINUTE } from "../instant.ts";
import {
  aBudget,
  aDecision,
  aJudgement,
  anAnswer,
  aPod,
  aPolicy,
  aPool,
  aRefusal,
  currentDigest,
  NOW,
  type Parts,
  planned,
  stepKinds,
} from "../testing/builders.ts";
import { draining, nextPhase, ORDER, underWay } from "../testing/phases.ts";

const by = (person: string, blockers: readonly string[] = ["web/web"], validUntil = NOW + HOUR) =>
  aDecision({ name: `force-${person}`, verb: "force", judgement: aJudgement({ person, blockers, validUntil }) });

const drainOf = (refused: readonly Refusal[], parts: Parts) =>
  underWay(draining({ refused, onlyRefusedSince: NOW - 15 * MINUTE, forcedBy: "ana" }), {
    podsListedFor: ORDER,
    budgets: [aBudget()],
    pods: [aPod()],
    ...parts,
  });

const refused = [aRefusal()];
const evictions = [anAnswer()];
const deletion = {
  kind: "DeletePod",
  pod: { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" },
  budgets: ["web/web"],
  by: "ana",
};

test("a pod that a forced budget refused is deleted, on record as of whom", () => {
  expect(planned(drainOf(refused, { evictions, decisions: [by("ana")] })).steps).toEqual([deletion]);
});

test("a pod that was not refused is evicted, force or not", () => {
  const parts = { pods: [aPod(), aPod({ name: "web-2" })], evictions, decisions: [by("ana")] };
  const phase = draining({ refused, forcedBy: "ana" });
  const plan = planned(underWay(phase, { podsListedFor: ORDER, budgets: [aBudget()], ...parts }));
  expect(stepKinds(plan)).toEqual(["DeletePod", "Evict"]);
});

test.each<[string, Parts]>([
  ["of another budget", { evictions, decisions: [by("ana", ["web/db"])] }],
  ["that ran out", { evictions, decisions: [by("ana", ["web/web"], NOW)] }],
  [
    "of one budget where two refuse",
    { evictions: [anAnswer({ budgets: ["web/web", "web/db"] })], decisions: [by("ana")] },
  ],
  [
    "where several budgets are a misconfiguration",
    { evictions: [anAnswer({ kind: "misconfigured" })], decisions: [by("ana")] },
  ],
  [
    "where the server only asks to wait",
    { evictions: [anAnswer({ kind: "wait", budgets: [] })], decisions: [by("ana")] },
  ],
  ["before any answer", { evictions: [], decisions: [by("ana")] }],
  [
    "from before a reboot was ordered",
    {
      evictions,
      decisions: [by("ana")],
      reboots: underWay(draining({ refused }), { reboot: { given: 1 } }).reboots ?? [],
    },
  ],
])("a force %s deletes nothing", (_, parts) => {
  expect(stepKinds(planned(drainOf(refused, parts)))).not.toContain("DeletePod");
});

test("the force is on record before a pod is deleted under it", () => {
  const phase = draining({ refused, onlyRefusedSince: NOW });
  const parts = { podsListedFor: ORDER, budgets: [aBudget()], pods: [aPod()], evictions, decisions: [by("ana")] };
  const plan = planned(underWay(phase, parts));
  expect(stepKinds(plan)).toEqual(["SetPhase"]);
  expect(nextPhase(plan)).toEqual({ ...phase, forcedBy: "ana" });
});

const bothMust = { may: { ...aPool().may, force: { by: "operators", people: 2, validFor: HOUR } } };
const bound = [{ node: "worker-1", digest: currentDigest({ pool: aPool(bothMust) }) }];

test.each([
  ["one of two people is not enough", ["ana"], []],
  ["two are, and both are on record", ["ana", "ben"], [{ ...deletion, by: "ana and ben" }]],
])("%s", (_, people, steps) => {
  const policy = aPolicy({ pools: [aPool(bothMust)] });
  const decisions = people.map((person) =>
    aDecision({
      name: person,
      verb: "force",
      judgement: aJudgement({ person, blockers: ["web/web"], validUntil: NOW + HOUR, bound }),
    }),
  );
  const parts = drainOf(refused, { evictions, decisions });
  const plan = planned(parts, { policy });
  expect(plan.steps.filter(({ kind }) => kind === "DeletePod")).toEqual(steps);
});

test.each<[string, Refusal, Parts]>([
  [
    "a pod that never ends",
    aRefusal({ kind: "terminating", budgets: [] }),
    { pods: [aPod({ deletingSince: NOW - HOUR })] },
  ],
  [
    "a pod with several budgets",
    aRefusal({ kind: "several budgets", budgets: [] }),
    { evictions: [anAnswer({ kind: "misconfigured", budgets: [] })] },
  ],
  [
    "a budget that it doesn't name",
    aRefusal({ budgets: [{ ...aBudget(), name: "db" }] }),
    { evictions: [anAnswer({ budgets: ["web/db"] })], budgets: [aBudget({ name: "db" })] },
  ],
])("a force does not keep a node cordoned that is blocked by %s", (_, refusal, parts) => {
  const plan = planned(drainOf([refusal], { decisions: [by("ana")], ...parts }));
  expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "blocked" } });
});
