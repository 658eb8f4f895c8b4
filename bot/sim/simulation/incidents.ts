import type { SimCluster } from "../cluster.ts";
import type { Stored } from "../objects.ts";
import { pendingPod } from "../pods.ts";
import { at, list } from "../rules/world.ts";
import type { Incident } from "./scenario.ts";

const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

/** Lets one incident happen. Actor "people" is anyone but Bootswain. */
export function happen(cluster: SimCluster, { kind, node }: Incident): void {
  const effects: Readonly<Record<Incident["kind"], () => void>> = {
    cordon: () => setSchedulable(cluster, node, false),
    uncordon: () => setSchedulable(cluster, node, true),
    "power cut": () => cluster.hosts.get(node)?.goDown(),
    "pause all": () => setPaused(cluster, { by: "ana", reason: "an incident" }),
    "resume all": () => setPaused(cluster, null),
    compact: () => cluster.server.compact(),
    "kill agent": () => cluster.killAgent(node),
    "scale web": () => cluster.workloads.deploy({ namespace: "web", name: "web", replicas: 2, graceSeconds: 5 }),
    "replace node": () => replaceNode(cluster, node),
    "lose fleet": () => cluster.store.remove("people", "rebootfleets", "cluster"),
    "lose voter": () => setVoter(cluster, node, false),
    "regain voter": () => setVoter(cluster, node, true),
  };
  effects[kind]();
}

/** As kubectl cordon and uncordon: the mark of a cordon of ours stays behind. A cordon of ours is not taken over. */
export function setSchedulable(cluster: SimCluster, name: string, schedulable: boolean): void {
  const node = cluster.store.get("nodes", name);
  if (node === undefined) return;
  const { unschedulable, ...spec } = { unschedulable: undefined, ...asObject(node.spec) };
  if ((unschedulable === true) !== schedulable) return;
  cluster.store.put("people", "nodes", { ...node, spec: schedulable ? spec : { ...spec, unschedulable: true } });
}

function setPaused(cluster: SimCluster, paused: object | null): void {
  const fleet = cluster.store.get("rebootfleets", "cluster");
  if (fleet !== undefined)
    cluster.store.put("people", "rebootfleets", { ...fleet, spec: paused === null ? {} : { paused } });
}

/** What K3s and RKE2 show of a member of etcd; nothing changes on a node that shows nothing of it. */
function setVoter(cluster: SimCluster, name: string, isVoter: boolean): void {
  const node = cluster.store.get("nodes", name);
  const conditions = list(at(node, "status", "conditions"));
  if (conditions.some((one) => at(one, "type") === "EtcdIsVoter")) showVoter(cluster, name, isVoter);
}

export function showVoter(cluster: SimCluster, name: string, isVoter: boolean): void {
  const node = cluster.store.get("nodes", name);
  if (node === undefined) return;
  const others = list(at(node, "status", "conditions")).filter((one) => at(one, "type") !== "EtcdIsVoter");
  const conditions = [...others, { type: "EtcdIsVoter", status: isVoter ? "True" : "False" }];
  cluster.store.put("k3s", "nodes", { ...node, status: { ...asObject(node.status), conditions } });
}

/** The Node object is deleted and made again under the same name, as when a machine is replaced. */
function replaceNode(cluster: SimCluster, name: string): void {
  const node = cluster.store.get("nodes", name);
  if (node === undefined) return;
  cluster.store.remove("people", "nodes", name);
  const labels = at(node, "metadata", "labels");
  cluster.store.put("people", "nodes", {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, ...(labels === undefined ? {} : { labels: node.metadata.labels ?? {} }) },
    spec: {},
    status: node.status,
  });
}

/** The starting cluster's pods: one that its budget never lets go, some that are easy, and what every node carries. */
export function addWorkloads(
  cluster: SimCluster,
  nodes: readonly string[],
  { webOn }: { readonly webOn?: string } = {},
): void {
  const { store, workloads } = cluster;
  const budget = (namespace: string, name: string, spec: object): Stored =>
    store.put("people", "poddisruptionbudgets", {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name, namespace, generation: 1 },
      spec: { selector: { matchLabels: { app: name } }, ...spec },
    });
  const place = webOn === undefined ? {} : { onlyOn: webOn };
  workloads.deploy({ namespace: "web", name: "web", replicas: 1, graceSeconds: 5, ...place });
  budget("web", "web", { minAvailable: 1 });
  workloads.deploy({ namespace: "shop", name: "api", replicas: 3, graceSeconds: 10 });
  budget("shop", "api", { maxUnavailable: 1 });
  workloads.deploy({ namespace: "shop", name: "batch", replicas: 5, graceSeconds: 20 });
  const labels = { app: "flannel" };
  const { metadata } = store.put("people", "daemonsets", {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "flannel", namespace: "kube-system" },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [] } } },
  });
  for (const node of nodes) {
    const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "flannel", uid: metadata.uid };
    const daemon = { namespace: "kube-system", name: `flannel-${node}`, labels, owner, node, graceSeconds: 5 };
    const mirror = { "kubernetes.io/config.mirror": "static" };
    const own = { namespace: "kube-system", name: `kube-vip-${node}`, labels: {}, owner: null, node, graceSeconds: 5 };
    store.put("people", "pods", pendingPod(daemon));
    store.put("people", "pods", pendingPod({ ...own, annotations: mirror }));
  }
}
