import { expect, test } from "vitest";
import type { Diagnosis } from "../../fleet/diagnosis.ts";
import type { Evidence } from "../../fleet/workload.ts";
import { MINUTE } from "../../instant.ts";
import { budgetOf, least, most, of, patch, pods, scale } from "../../testing/budgets.ts";
import { anEvidence, covering, NOBODY, ofDeployment, ofPlain } from "../../testing/evidence.ts";
import { NOW } from "../../testing/now.ts";
import { aBudget, aPod } from "../../testing/pods.ts";
import { diagnose } from "./diagnose.ts";

type Row = readonly [
  says: string,
  evidence: Evidence,
  expected: Partial<Diagnosis> & { readonly commands: readonly string[] },
];

const never = "can never be satisfied";

test.each<Row>([
  [
    "one replica, and a budget that wants one ready pod",
    anEvidence(),
    {
      verdict: never,
      cause: "single replica",
      owner: "Deployment web",
      says: "PDB web/web wants 1 ready pod and Deployment web has 1 replica (1 of 1). Waiting can't fix this.",
      commands: [scale("deployment/web", 2), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "one replica of a StatefulSet, half of which must be ready",
    anEvidence({
      workload: ofPlain("StatefulSet", "db", 1),
      budgets: [budgetOf(least("50%"), [1, 1, 1])],
      covered: covering(pods(1), ofPlain("StatefulSet", "db", 1)),
    }),
    {
      verdict: never,
      cause: "single replica",
      owner: "StatefulSet db",
      commands: [scale("statefulset/db", 2), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "one replica, three quarters of which must be ready: it takes four",
    of(1, budgetOf(least("75%"), [1, 1, 1])),
    {
      verdict: never,
      cause: "single replica",
      commands: [scale("deployment/web", 4), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "as many must be ready as there are",
    of(3, budgetOf(least(3), [3, 3, 3])),
    {
      verdict: never,
      cause: "every replica needed",
      commands: [scale("deployment/web", 4), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "more must be ready than there are",
    of(2, budgetOf(least(4), [2, 2, 4])),
    {
      verdict: never,
      cause: "every replica needed",
      commands: [scale("deployment/web", 5), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "a volume for one node keeps a second replica from running, so only the budget can change",
    anEvidence({ singleNodeClaims: ["data"] }),
    { verdict: never, cause: "single replica", commands: [patch({ minAvailable: null, maxUnavailable: 1 })] },
  ],
  [
    "maxUnavailable 0",
    of(3, budgetOf(most(0), [3, 3, 3])),
    {
      verdict: never,
      cause: "max unavailable 0",
      says: "PDB web/web lets no pod be unavailable and Deployment web has 3 replicas (3 of 3). Waiting can't fix this.",
      commands: [patch({ maxUnavailable: 1 })],
    },
  ],
  [
    "maxUnavailable 0 %",
    of(3, budgetOf(most("0%"), [3, 3, 3])),
    { verdict: never, cause: "max unavailable 0", commands: [patch({ maxUnavailable: 1 })] },
  ],
  [
    "neither minAvailable nor maxUnavailable",
    of(3, aBudget({ promise: null, currentHealthy: 3, expectedPods: 0, desiredHealthy: 0 })),
    {
      verdict: never,
      cause: "no promise",
      says: "PDB web/web says neither minAvailable nor maxUnavailable, so it lets nothing go, and Deployment web has 3 replicas (3 of 3). Waiting can't fix this.",
      commands: [patch({ maxUnavailable: 1 })],
    },
  ],
  [
    "minAvailable 100 %",
    of(3, budgetOf(least("100%"), [3, 3, 3])),
    {
      verdict: never,
      cause: "min available 100 %",
      says: "PDB web/web wants 100% of its pods ready and Deployment web has 3 replicas (3 of 3). Waiting can't fix this.",
      commands: [patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "two budgets on one pod, of which one lets it go",
    anEvidence({
      budgets: [aBudget({ name: "a" }), budgetOf(least(0), [1, 1, 0], { name: "b", disruptionsAllowed: 1 })],
    }),
    {
      verdict: never,
      cause: "two budgets",
      says: "2 budgets cover web/web-1 (PDB web/a, web/b), and Kubernetes evicts no pod that more than one covers. Waiting can't fix this.",
      commands: ["kubectl -n web delete pdb a"],
    },
  ],
  [
    "two budgets on one pod, none of which lets it go",
    anEvidence({ budgets: [aBudget({ name: "a" }), aBudget({ name: "b" })] }),
    {
      verdict: never,
      cause: "two budgets",
      commands: [`kubectl -n web delete pdb b && ${scale("deployment/web", 2)}`],
    },
  ],
  [
    "a pod that is broken, which its budget therefore holds",
    of(2, budgetOf(least(1), [0, 2, 1]), { pod: aPod({ ready: false, readyChanged: NOW - 20 * MINUTE }) }),
    {
      verdict: never,
      cause: "unhealthy pods",
      says: "web/web-1 is not ready for 20 min, and PDB web/web lets such a pod go only while 1 other pod is ready (0 now). Waiting helps only if it mends.",
      commands: [patch({ unhealthyPodEvictionPolicy: "AlwaysAllow" }), "kubectl -n web delete pod web-1"],
    },
  ],
  [
    "another pod that is broken",
    of(2, budgetOf(least(1), [1, 2, 1]), {
      covered: covering(
        [aPod(), aPod({ name: "web-2", ready: false, readyChanged: NOW - 20 * MINUTE })],
        ofDeployment({ replicas: 2 }),
      ),
    }),
    {
      verdict: never,
      cause: "unhealthy pods",
      says: "PDB web/web wants 1 ready pod: 1 is ready and 1 must stay. web/web-2 is not ready for 20 min. Waiting helps only if that mends.",
      commands: [
        "kubectl -n web delete pod web-2",
        "kubectl -n web describe pod web-2",
        scale("deployment/web", 3),
        patch({ minAvailable: null, maxUnavailable: 1 }),
      ],
    },
  ],
  [
    "one budget over two Deployments",
    of(1, budgetOf(least(2), [2, 2, 2]), {
      covered: [
        ...covering([aPod()], ofDeployment()),
        ...covering([aPod({ name: "api-1" })], ofDeployment({ name: "api" })),
      ],
    }),
    {
      verdict: never,
      cause: "several owners",
      says: "PDB web/web wants 2 ready pods and covers 2 pods of Deployment web, Deployment api together (2 of 2). Waiting can't fix this.",
      commands: [scale("deployment/web", 2), patch({ minAvailable: null, maxUnavailable: 1 })],
    },
  ],
  [
    "a pod without a controller, of which one must be ready",
    anEvidence({ pod: aPod({ controller: null }), workload: NOBODY, covered: covering(pods(1), NOBODY) }),
    {
      verdict: never,
      cause: "no controller",
      owner: null,
      says: "PDB web/web wants 1 ready pod and pod web-1, which has no controller, is all there is (1 of 1). Waiting can't fix this.",
      commands: [patch({ minAvailable: 0 })],
    },
  ],
  [
    "pods without a controller under maxUnavailable, which Kubernetes can't work out",
    anEvidence({
      pod: aPod({ controller: null }),
      workload: NOBODY,
      budgets: [budgetOf(most(1), [2, 0, 0])],
      covered: covering(pods(2), NOBODY),
    }),
    { verdict: never, cause: "no controller", commands: [patch({ maxUnavailable: null, minAvailable: 1 })] },
  ],
  [
    "a Job's pod under a share, which Kubernetes can't work out",
    anEvidence({
      workload: ofPlain("Job", "batch", null),
      budgets: [
        budgetOf(least("50%"), [0, 0, 0], { syncProblem: "jobs.batch does not implement the scale subresource" }),
      ],
      covered: covering(pods(1), ofPlain("Job", "batch", null)),
    }),
    {
      verdict: never,
      cause: "no controller",
      says: "PDB web/web wants 50% of its pods ready, and Kubernetes can't tell what that means: jobs.batch does not implement the scale subresource. It is made by Job batch. So it allows nothing. Waiting can't fix this.",
      commands: [patch({ minAvailable: 0 })],
    },
  ],
])("%s", (_, evidence, { commands, ...expected }) => {
  const found = diagnose(evidence);
  expect(found).toMatchObject(expected);
  expect(found.fixes.map(({ command }) => command)).toEqual(commands);
});
