import { describe, expect, test } from "vitest";
import type { EvictionAnswer } from "../fleet/snapshot.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import { aSnapshot } from "../testing/builders.ts";
import { anEvidence } from "../testing/evidence.ts";
import { NOW } from "../testing/now.ts";
import { aBudget, aCheck, anAnswer, aPod } from "../testing/pods.ts";
import { preflight, verdictOf, withoutBudgets } from "./preflight.ts";

const sieve = { drain: POOL_DEFAULTS.drain, snapshot: aSnapshot(), now: NOW };
const budgets = (...all: readonly ReturnType<typeof aBudget>[]) =>
  new Map(all.map((budget) => [`${budget.namespace}/${budget.name}`, budget]));
const answers = (...all: readonly EvictionAnswer[]) => new Map(all.map((answer) => [answer.podUid, answer]));
const refused = anAnswer({ evidence: anEvidence() });

describe("what a drain would meet", () => {
  test("nothing where every pod may go", () => {
    expect(preflight(aCheck({ pods: [aPod()] }), sieve, budgets())).toEqual([]);
  });

  test("each pod that was refused, with why", () => {
    const found = preflight(
      aCheck({ pods: [aPod(), aPod({ name: "web-2" })], answers: answers(refused) }),
      sieve,
      budgets(aBudget()),
    );
    expect(found).toMatchObject([{ pod: "web-1", kind: "budget", diagnosis: { cause: "single replica" } }]);
  });

  test("not what stays or is ending already", () => {
    const pods = [aPod({ mirror: true }), aPod({ name: "web-2", deletingSince: NOW })];
    const all = answers(refused, anAnswer({ podUid: "uid-web-2" }));
    expect(preflight(aCheck({ pods, answers: all }), sieve, budgets(aBudget()))).toEqual([]);
  });

  test("what the policy protects", () => {
    const strict = { ...sieve, drain: { ...sieve.drain, unmanaged: "protect" as const } };
    const found = preflight(aCheck({ pods: [aPod({ controller: null })] }), strict, budgets());
    expect(found).toMatchObject([{ kind: "protected", diagnosis: { cause: "protected" } }]);
    expect(found.map(verdictOf)).toEqual(["can never be satisfied"]);
  });
});

describe("dry runs ask for one pod at a time", () => {
  const bare = (name: string) => aPod({ name, controller: null });
  const pods = [bare("web-1"), bare("web-2"), bare("web-3")];

  test("of pods that nobody makes again no more can go than the budget allows now", () => {
    const open = aBudget({ currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 });
    const found = preflight(aCheck({ pods }), sieve, budgets(open));
    expect(found.map(({ pod }) => pod)).toEqual(["web-2", "web-3"]);
    expect(found[0]?.diagnosis?.says).toBe(
      "PDB web/web lets 1 of its 3 pods here go, and nothing makes another in its place (they have no controller).",
    );
  });

  test("pods that are made again leave one after the other", () => {
    const open = aBudget({ currentHealthy: 3, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 1 });
    expect(preflight(aCheck({ pods: pods.map(({ name }) => aPod({ name })) }), sieve, budgets(open))).toEqual([]);
  });
});

describe("without a budget", () => {
  const check = (answer: EvictionAnswer) => aCheck({ pods: [aPod()], answers: answers(answer) });
  const left = (answer: EvictionAnswer, all: ReturnType<typeof budgets>) =>
    [...withoutBudgets(check(answer), new Set(["web/web"]), all).answers.values()].map(({ budgets: names }) => names);

  test("what it refused may go", () => {
    expect(left(refused, budgets(aBudget()))).toEqual([]);
  });

  test("what another refuses stays refused", () => {
    expect(left(anAnswer({ budgets: ["web/db"] }), budgets(aBudget()))).toEqual([["web/db"]]);
  });

  test.each<[string, number, readonly (readonly string[])[]]>([
    ["lets it go", 1, []],
    ["refuses it, too", 0, [["web/db"]]],
  ])("of two on one pod the other one %s", (_, disruptionsAllowed, expected) => {
    const both = anAnswer({ kind: "misconfigured", budgets: ["web/db", "web/web"] });
    expect(left(both, budgets(aBudget(), aBudget({ name: "db", disruptionsAllowed })))).toEqual(expected);
  });
});
