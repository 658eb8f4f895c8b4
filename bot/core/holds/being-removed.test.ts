import { expect, test } from "vitest";
import type { Node } from "../fleet/node.ts";
import { situationsOf } from "../situations.ts";
import { aNode, aSnapshot } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aPolicy } from "../testing/policies.ts";
import { beingRemoved } from "./being-removed.ts";

const taint = (key: string, value = "", effect: "NoSchedule" | "PreferNoSchedule" = "NoSchedule") => ({
  key,
  value,
  effect,
});

const holdsOn = (changes: Partial<Node>) =>
  situationsOf(aSnapshot({ nodes: [aNode(changes)] }), new Set(), aPolicy(), NOW).map(beingRemoved);

const AUTOSCALER = taint("ToBeDeletedByClusterAutoscaler", "1700000000");

test.each<[string, Partial<Node>, string]>([
  [
    "the cluster autoscaler takes it away",
    { taints: [taint("db"), AUTOSCALER] },
    "worker-1 is being removed by the cluster autoscaler (taint ToBeDeletedByClusterAutoscaler).",
  ],
  [
    "Karpenter takes it away",
    { taints: [taint("karpenter.sh/disrupted")] },
    "worker-1 is being removed by Karpenter (taint karpenter.sh/disrupted).",
  ],
  [
    "Karpenter before 1.0 takes it away",
    { taints: [taint("karpenter.sh/disruption", "disrupting")] },
    "worker-1 is being removed by Karpenter (taint karpenter.sh/disruption).",
  ],
  ["someone deleted it", { deletedAt: NOW }, "worker-1 is being removed: someone deleted its Node object."],
  [
    "Karpenter deleted it, who is named by its taint",
    { deletedAt: NOW, taints: [taint("karpenter.sh/disrupted")] },
    "worker-1 is being removed by Karpenter (taint karpenter.sh/disrupted).",
  ],
])("a node is held when %s", (_, changes, says) => {
  expect(holdsOn(changes)).toEqual([{ kind: "being removed", says, until: null }]);
});

test.each<[string, Partial<Node>]>([
  ["nothing is said", {}],
  ["it is only a candidate", { taints: [taint("DeletionCandidateOfClusterAutoscaler", "1", "PreferNoSchedule")] }],
  ["Karpenter's old taint has another value", { taints: [taint("karpenter.sh/disruption", "none")] }],
  ["its machine is off and may come back", { taints: [taint("node.cloudprovider.kubernetes.io/shutdown")] }],
  ["it is cordoned", { taints: [taint("node.kubernetes.io/unschedulable")] }],
  ["Karpenter has not registered it yet", { taints: [taint("karpenter.sh/unregistered")] }],
])("a node is not held when %s", (_, changes) => {
  expect(holdsOn(changes)).toEqual([null]);
});
