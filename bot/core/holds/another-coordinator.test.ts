import { expect, test } from "vitest";
import type { DaemonSet } from "../fleet/daemon-set.ts";
import type { Node } from "../fleet/node.ts";
import type { Placement, Taint } from "../fleet/placement.ts";
import { situationsOf } from "../situations.ts";
import { aNode, aSnapshot } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aPolicy } from "../testing/policies.ts";
import { anotherCoordinator } from "./another-coordinator.ts";

const kured = ({
  placement,
  ...changes
}: Partial<Omit<DaemonSet, "placement">> & { placement?: Partial<Placement> } = {}): DaemonSet => ({
  namespace: "kube-system",
  name: "kured",
  uid: "uid-kured",
  isKured: true,
  ...changes,
  placement: { nodeSelector: {}, terms: null, tolerations: [], ...placement },
});

function holdOf(daemonSets: readonly DaemonSet[], changes: Partial<Node> = {}) {
  const snapshot = {
    ...aSnapshot({ nodes: [aNode(changes)] }),
    daemonSets: new Map(daemonSets.map((one) => [`${one.namespace}/${one.name}`, one])),
  };
  return situationsOf(snapshot, new Set(), aPolicy(), NOW).map(anotherCoordinator)[0];
}

const taint = (key: string, effect: Taint["effect"] = "NoSchedule"): Taint => ({ key, value: "", effect });
const trouble = (name: string, effect?: Taint["effect"]) => ({ taints: [taint(`node.kubernetes.io/${name}`, effect)] });

const workers = kured({ placement: { nodeSelector: { role: "worker" } } });
const byAffinity = kured({ placement: { terms: [[{ key: "role", operator: "NotIn", values: ["db"] }]] } });
const tolerant = kured({
  placement: { tolerations: [{ key: "db", operator: "Exists", value: "", effect: "NoSchedule" }] },
});

test.each<[string, DaemonSet, Partial<Node>]>([
  ["it runs everywhere", kured(), {}],
  ["its node selector matches", workers, { labels: { role: "worker" } }],
  ["its affinity matches", byAffinity, { labels: { role: "worker" } }],
  ["it tolerates the node's taint", tolerant, { taints: [taint("db")] }],
  ["the node is cordoned", kured(), trouble("unschedulable")],
  ["the node is not ready", kured(), trouble("not-ready", "NoExecute")],
  ["the node is out of reach", kured(), trouble("unreachable", "NoExecute")],
  ["the node's disk is full", kured(), trouble("disk-pressure")],
  ["the node's memory is full", kured(), trouble("memory-pressure")],
  ["the node has too many processes", kured(), trouble("pid-pressure")],
  ["the node's taint only discourages", kured(), { taints: [taint("slow", "PreferNoSchedule")] }],
])("kured covers the node when %s", (_, daemonSet, changes) => {
  expect(holdOf([daemonSet], changes)).toEqual({
    kind: "another coordinator",
    says: "kured (DaemonSet kube-system/kured) reboots worker-1, too. Remove it, or keep it off this node.",
    until: null,
  });
});

test.each<[string, readonly DaemonSet[], Partial<Node>]>([
  ["there is none", [], {}],
  ["the DaemonSet is not kured", [kured({ isKured: false })], {}],
  ["its node selector matches no node", [kured({ placement: { nodeSelector: { "no-such": "node" } } })], {}],
  ["its node selector matches other nodes", [workers], { labels: { role: "db" } }],
  ["its affinity keeps it off", [byAffinity], { labels: { role: "db" } }],
  ["the node's taint keeps it off", [kured()], { taints: [taint("db")] }],
  ["the node's taint drives it away", [tolerant], { taints: [taint("db", "NoExecute")] }],
])("kured does not cover the node when %s", (_, daemonSets, changes) => {
  expect(holdOf(daemonSets, changes)).toBeNull();
});

test("each kured that covers the node is named", () => {
  const says = holdOf([workers, kured({ name: "kured-gpu" }), kured({ namespace: "a" })])?.says;
  expect(says).toBe(
    "kured (DaemonSets a/kured, kube-system/kured-gpu) reboots worker-1, too. Remove it, or keep it off this node.",
  );
});
