import { expect, test } from "vitest";
import type { Diagnosis } from "../../fleet/diagnosis.ts";
import type { Evidence } from "../../fleet/workload.ts";
import { MINUTE } from "../../instant.ts";
import { budgetOf, least, of, patch, pods } from "../../testing/budgets.ts";
import { anEvidence, covering, ofDeployment, ofOperator } from "../../testing/evidence.ts";
import { NOW } from "../../testing/now.ts";
import { aPod } from "../../testing/pods.ts";
import { diagnose } from "./diagnose.ts";

type Row = readonly [
  says: string,
  evidence: Evidence,
  expected: Partial<Diagnosis> & { readonly commands: readonly string[] },
];

test.each<Row>([
  [
    "CloudNativePG's primary",
    anEvidence({
      workload: ofOperator("postgresql.cnpg.io/v1", "Cluster", "pg"),
      covered: covering(pods(1), ofOperator("postgresql.cnpg.io/v1", "Cluster", "pg")),
    }),
    {
      verdict: "its operator may free it",
      cause: "operator",
      owner: "Cluster pg",
      says: "PDB web/web wants 1 ready pod. web/web-1 belongs to Cluster pg (postgresql.cnpg.io): CloudNativePG switches its primary over once the node is cordoned, when a replica is ready; a cluster of one instance it never lets go.",
      commands: [
        `kubectl -n web patch cluster.postgresql.cnpg.io pg --type=merge -p '{"spec":{"enablePDB":false}}'`,
        "kubectl -n web describe cluster.postgresql.cnpg.io pg",
      ],
    },
  ],
  [
    "KubeVirt's machine",
    anEvidence({
      workload: ofOperator("kubevirt.io/v1", "VirtualMachineInstance", "vm"),
      covered: covering(pods(1), ofOperator("kubevirt.io/v1", "VirtualMachineInstance", "vm")),
    }),
    {
      verdict: "its operator may free it",
      commands: ["virtctl -n web migrate vm", "kubectl -n web describe virtualmachineinstance.kubevirt.io vm"],
    },
  ],
  [
    "Longhorn's instance manager",
    anEvidence({
      workload: ofOperator("longhorn.io/v1beta2", "InstanceManager", "im"),
      covered: covering(pods(1), ofOperator("longhorn.io/v1beta2", "InstanceManager", "im")),
    }),
    {
      verdict: "its operator may free it",
      commands: [
        `kubectl -n web patch settings.longhorn.io node-drain-policy --type=merge -p '{"value":"allow-if-replica-is-stopped"}'`,
        "kubectl -n web describe instancemanager.longhorn.io im",
      ],
    },
  ],
  [
    "any other operator's pod under a budget that never lets one go",
    anEvidence({
      workload: ofOperator("example.com/v1", "Widget", "w"),
      covered: covering(pods(1), ofOperator("example.com/v1", "Widget", "w")),
    }),
    {
      verdict: "its operator may free it",
      cause: "operator",
      commands: [patch({ minAvailable: 0 }), "kubectl -n web describe widget.example.com w"],
    },
  ],
  [
    "a replica that is only starting",
    of(2, budgetOf(least(1), [1, 2, 1]), {
      covered: covering(
        [aPod(), aPod({ name: "web-2", ready: false, readyChanged: NOW - MINUTE })],
        ofDeployment({ replicas: 2 }),
      ),
    }),
    {
      verdict: "clears by itself",
      cause: "starting",
      says: "PDB web/web wants 1 ready pod: 1 is ready and 1 must stay. web/web-2 is starting, so this clears by itself.",
      commands: [],
    },
  ],
  [
    "a replica that is still to come",
    of(2, budgetOf(least(1), [1, 1, 1]), { covered: covering(pods(1), ofDeployment({ replicas: 2 })) }),
    { verdict: "clears by itself", cause: "starting", commands: [] },
  ],
  [
    "a replica that fits nowhere",
    of(2, budgetOf(least(1), [1, 2, 1]), {
      covered: covering(
        [aPod(), aPod({ name: "web-2", node: null, ready: false, schedulable: false })],
        ofDeployment({ replicas: 2 }),
      ),
    }),
    { verdict: "needs capacity", cause: "no room", commands: ["kubectl -n web describe pod web-2"] },
  ],
  [
    "a budget that would let one go by now",
    of(2, budgetOf(least(1), [2, 2, 1], { disruptionsAllowed: 1 })),
    { verdict: "clears by itself", cause: "unknown", commands: [] },
  ],
  [
    "a budget that can't be read yet",
    anEvidence({ budgets: [] }),
    { verdict: "clears by itself", cause: "unknown", commands: [] },
  ],
])("%s", (_, evidence, { commands, ...expected }) => {
  const found = diagnose(evidence);
  expect(found).toMatchObject(expected);
  expect(found.fixes.map(({ command }) => command)).toEqual(commands);
});
