import { expect, test } from "vitest";
import type { Refusal } from "../fleet/phase.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aDecision, aJudgement, aReboot, currentDigest, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { identityOf } from "../testing/decisions.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, ORDER, underWay } from "../testing/phases.ts";
import { aBudget, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const by = (person: string, blockers: readonly string[] = ["web/web"], validUntil = NOW + HOUR) =>
  aDecision({
    name: `force-${person}`,
    verb: "force",
    by: identityOf(person),
    judgement: aJudgement({ person, blockers, validUntil }),
  });

/** Only refused pods have been left for giveUpAfter, unless said otherwise. */
const drainOf = (refused: readonly Refusal[], parts: Parts, onlyRefusedSince = NOW - 15 * MINUTE) =>
  underWay(draining({ refused, onlyRefusedSince, forcedBy: "ana" }), {
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
  graceSeconds: null,
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

const due = (changes: Parameters<typeof anAnswer>[0] = {}) => [anAnswer({ retryAt: NOW, ...changes })];
const ordered = draining({ refused, onlyRefusedSince: NOW, forcedBy: "ana" });

test.each<[string, Parameters<typeof aRefusal>[0], Parts]>([
  ["of another budget", {}, { evictions: due(), decisions: [by("ana", ["web/db"])] }],
  ["that ran out", {}, { evictions: due(), decisions: [by("ana", ["web/web"], NOW)] }],
  ["of one budget where two refuse", {}, { evictions: due({ budgets: ["web/web", "web/db"] }) }],
  [
    "where the server only asks to wait",
    { kind: "waiting", budgets: [] },
    { evictions: due({ kind: "wait", budgets: [] }) },
  ],
  ["before any answer", {}, { evictions: [] }],
  [
    "from before a reboot was ordered",
    {},
    { evictions: due(), reboots: [aReboot({ phase: ordered, orders: 1, given: 1 })] },
  ],
])("a force %s deletes nothing, and the pod is evicted", (_, refusal, parts) => {
  const plan = planned(drainOf([aRefusal(refusal)], { decisions: [by("ana")], ...parts }, NOW));
  expect(stepKinds(plan)).toEqual(["Evict"]);
});

test("a pod that two budgets cover is deleted once a force names both", () => {
  const { budgets: readings } = aRefusal();
  const named = [...readings.map((reading) => ({ ...reading, name: "db" })), ...readings];
  const both = aRefusal({ kind: "several budgets", budgets: named });
  const two = [anAnswer({ kind: "misconfigured", budgets: ["web/db", "web/web"] })];
  const kinds = (blockers: readonly string[]) => {
    const phase = draining({ refused: [both], onlyRefusedSince: NOW, forcedBy: "ana" });
    const parts = { pods: [aPod()], evictions: two, decisions: [by("ana", blockers)] };
    const budgets = [aBudget(), aBudget({ name: "db" })];
    return stepKinds(planned(underWay(phase, { podsListedFor: ORDER, budgets, ...parts })));
  };
  expect(kinds(["web/web"])).not.toContain("DeletePod");
  expect(kinds(["web/db", "web/web"])).toContain("DeletePod");
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
      by: identityOf(person),
      judgement: aJudgement({ person, blockers: ["web/web"], validUntil: NOW + HOUR, bound }),
    }),
  );
  const phase = draining({ refused, onlyRefusedSince: NOW - 15 * MINUTE, forcedBy: people.join(" and ") });
  const parts = { podsListedFor: ORDER, budgets: [aBudget()], pods: [aPod()], evictions, decisions };
  const plan = planned(underWay(phase, parts), { policy });
  expect(plan.steps.filter(({ kind }) => kind === "DeletePod")).toEqual(steps);
});

test.each<[string, Refusal, Parts]>([
  [
    "a pod that never ends",
    aRefusal({
      kind: "terminating",
      budgets: [],
      diagnosis: { verdict: "clears by itself", cause: "terminating", says: "", fixes: [], owner: null, move: null },
    }),
    { pods: [aPod({ deletingSince: NOW - 2 * MINUTE })] },
  ],
  ["a budget that is not known", aRefusal({ budgets: [] }), { evictions: [anAnswer({ budgets: [] })] }],
  [
    "a budget that it doesn't name",
    aRefusal({ budgets: [{ ...aBudget(), name: "db" }] }),
    { evictions: [anAnswer({ budgets: ["web/db"] })], budgets: [aBudget({ name: "db" })] },
  ],
])("a force does not keep a node cordoned that is blocked by %s", (_, refusal, parts) => {
  const plan = planned(drainOf([refusal], { decisions: [by("ana")], ...parts }));
  expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "blocked" } });
});
