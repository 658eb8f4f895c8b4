import { expect, test } from "vitest";
import { diagnose } from "../core/drain/diagnosis/diagnose.ts";
import { anEvidence, ofOperator } from "../core/testing/evidence.ts";
import { aRefusal } from "../core/testing/pods.ts";
import { asJson, asText, isDrainable, type Preflight } from "./preflight.ts";

const found = (changes: Partial<Preflight> = {}): Preflight => ({
  node: "worker-1",
  pool: "workers",
  pods: 12,
  problem: null,
  refusals: [],
  moved: new Set(),
  ...changes,
});
const blocked = aRefusal({ diagnosis: diagnose(anEvidence()) });
const operator = aRefusal({
  diagnosis: diagnose(anEvidence({ workload: ofOperator("example.com/v1", "Widget", "w") })),
});

test.each<[string, Partial<Preflight>, boolean]>([
  ["every pod may leave", {}, true],
  ["a budget refuses one", { refusals: [blocked] }, false],
  ["the drain moves it", { refusals: [blocked], moved: new Set(["uid-web-1"]) }, true],
  ["its operator may free it", { refusals: [operator] }, true],
  ["it could not be looked at", { problem: "403" }, false],
])("whether a node could be drained: %s", (_, changes, expected) => {
  expect(isDrainable(found(changes))).toBe(expected);
});

test("as text: what would leave, what would not, why, and what helps", () => {
  expect(asText(found())).toEqual(["✔ worker-1: 12 pods can leave."]);
  expect(asText(found({ problem: "its pods could not be listed" }))).toEqual([
    "✖ worker-1: could not be looked at: its pods could not be listed.",
  ]);
  expect(asText(found({ pods: 1, refusals: [blocked] }))).toEqual([
    "✖ worker-1: of 1 pod 1 may not.",
    "    web/web-1: PDB web/web wants 1 ready pod and Deployment web has 1 replica (1 of 1). Waiting can't fix this.",
    "      verdict: can never be satisfied",
    "      fix: kubectl -n web scale deployment/web --replicas=2    # run 2 of them, so that one may go",
    `      fix: kubectl -n web patch pdb web --type=merge -p '{"spec":{"minAvailable":null,"maxUnavailable":1}}'    # let one pod be unavailable at a time`,
    "      move: possible, a restart of Deployment web/web brings it up elsewhere first",
  ]);
});

test("as JSON", () => {
  expect(asJson(found({ refusals: [blocked] }))).toMatchObject({
    node: "worker-1",
    pool: "workers",
    pods: 12,
    problem: null,
    drainable: false,
    refusals: [
      {
        pod: "web/web-1",
        kind: "budget",
        budgets: ["web/web"],
        verdict: "can never be satisfied",
        cause: "single replica",
        owner: "Deployment web",
        fixes: [{ command: "kubectl -n web scale deployment/web --replicas=2" }, {}],
        move: { possible: true, deployment: "web/web" },
      },
    ],
  });
});
