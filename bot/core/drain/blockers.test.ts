import { expect, test } from "vitest";
import type { Verdict } from "../fleet/diagnosis.ts";
import type { Evidence } from "../fleet/workload.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aReboot, holdKinds, planned } from "../testing/builders.ts";
import { anEvidence, covering, ofDeployment, ofOperator } from "../testing/evidence.ts";
import { NOW } from "../testing/now.ts";
import { aBudget, aCheck, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { diagnose } from "./diagnosis/diagnose.ts";

const two = ofDeployment({ replicas: 2 });
const oneOfTwo = aBudget({ expectedPods: 2 });
const withOther = (changes: object) =>
  anEvidence({
    workload: two,
    budgets: [oneOfTwo],
    covered: covering([aPod(), aPod({ name: "web-2", ...changes })], two),
  });

const EVIDENCE: Readonly<Record<Verdict, Evidence>> = {
  "can never be satisfied": anEvidence(),
  "needs capacity": withOther({ node: null, ready: false, schedulable: false }),
  "clears by itself": withOther({ ready: false, readyChanged: NOW - MINUTE }),
  "its operator may free it": anEvidence({ workload: ofOperator("example.com/v1", "Widget", "w") }),
};

/** What holds a node whose look met a refusal of that verdict, before its first try or after one that yielded. */
function holds(verdict: Verdict, hasTried: boolean, retryAt: number | null = null): readonly string[] {
  const evidence = EVIDENCE[verdict];
  const answers = new Map([["uid-web-1", anAnswer({ evidence })]]);
  const checks = new Map([["worker-1", aCheck({ pods: [aPod()], answers })]]);
  const why = { kind: "blocked", refused: [aRefusal({ diagnosis: diagnose(evidence) })] } as const;
  const outcome = { kind: "yielded", at: NOW - HOUR, order: "o1", why } as const;
  const tried = { tries: 1, triesSince: NOW - HOUR, outcome, retryAt, blockers: why.refused };
  return holdKinds(planned({ checks, budgets: [aBudget()], reboots: [aReboot(hasTried ? tried : {})] }));
}

test.each<[Verdict, boolean, readonly string[]]>([
  ["can never be satisfied", false, ["would be blocked"]],
  ["needs capacity", false, ["would be blocked"]],
  ["clears by itself", false, []],
  ["its operator may free it", false, []],
  ["can never be satisfied", true, ["would be blocked"]],
  ["needs capacity", true, ["would be blocked"]],
  ["clears by itself", true, ["would be blocked"]],
  ["its operator may free it", true, []],
])("what %s holds a node (after a try: %s)", (verdict, hasTried, expected) => {
  expect(EVIDENCE[verdict] && diagnose(EVIDENCE[verdict]).verdict).toBe(verdict);
  expect(holds(verdict, hasTried)).toEqual(expected);
});

test.each<[Verdict, readonly string[]]>([
  ["clears by itself", ["back-off", "would be blocked"]],
  ["its operator may free it", ["back-off"]],
  ["can never be satisfied", ["would be blocked"]],
])("between two tries what %s waits for: %j", (verdict, expected) => {
  expect(holds(verdict, true, NOW + MINUTE)).toEqual(expected);
});
