import { HOUR } from "../../core/instant.ts";
import { installAdmission, loseAdmission } from "../admission.ts";
import type { SimCluster } from "../cluster.ts";
import { asObject, type Stored, storedKey } from "../objects.ts";
import type { PodHabits } from "../pod-template.ts";
import { pendingPod } from "../pods.ts";
import { at, list } from "../rules/world.ts";
import { BACKUP } from "./any-policy.ts";
import type { Incident } from "./scenario.ts";

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
    "stop agent": () => cluster.stopAgent(node, HOUR),
    "back up": () => backUp(cluster, node),
    "delete hook": () => deleteHook(cluster),
    "scale web": () => cluster.workloads.deploy({ namespace: "web", name: "web", replicas: 2, graceSeconds: 5 }),
    "replace node": () => replaceNode(cluster, node),
    "lose fleet": () => cluster.store.remove("people", "rebootfleets", "cluster"),
    "look again": () => lookAgain(cluster),
    "lose voter": () => setVoter(cluster, node, false),
    "regain voter": () => setVoter(cluster, node, true),
    "lose admission": () => loseAdmission(cluster.store),
    "regain admission": () => installAdmission(cluster.store),
  };
  effects[kind]();
}

/** A pod that a gate looks for, and that ends by itself. */
function backUp(cluster: SimCluster, node: string): void {
  const name = `velero-${cluster.clock.now()}`;
  const exits = { afterSeconds: cluster.random.between(60, 1_500), code: 0 };
  cluster.workloads.addPod({ namespace: BACKUP, name, node, graceSeconds: 5, habits: { exits } });
}

/** A person tidies up while a hook runs. */
function deleteHook({ store }: SimCluster): void {
  const running = store.all("jobs").find((job) => job.metadata.namespace === "hooks" && isRunning(job));
  if (running !== undefined) store.remove("people", "jobs", storedKey(running));
}

const isRunning = (job: Stored): boolean => list(at(job, "status", "conditions")).length === 0;

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

/** As whichever replica GitHub's webhook reached, or a person with kubectl. */
function lookAgain(cluster: SimCluster): void {
  const fleet = cluster.store.get("rebootfleets", "cluster");
  if (fleet === undefined) return;
  const annotations = { ...fleet.metadata.annotations, "bootswain.dev/look-again": `${cluster.clock.now()}` };
  cluster.store.put("people", "rebootfleets", { ...fleet, metadata: { ...fleet.metadata, annotations } });
}

/** What K3s and RKE2 show of a member of etcd; nothing changes on a node that shows nothing of it. */
function setVoter(cluster: SimCluster, name: string, isVoter: boolean): void {
  const node = cluster.store.get("nodes", name);
  const conditions = list(at(node, "status", "conditions"));
  if (conditions.some((one) => at(one, "type") === "EtcdIsVoter")) showVoter(cluster, name, isVoter);
}

/** As kubeadm runs it: its mirror is what the API shows. */
export function addEtcdPod({ store }: SimCluster, node: string, habits: PodHabits = {}): void {
  const annotations = { "kubernetes.io/config.mirror": "static" };
  const labels = { component: "etcd", tier: "control-plane" };
  const pod = {
    namespace: "kube-system",
    name: `etcd-${node}`,
    owner: null,
    node,
    annotations,
    labels,
    graceSeconds: 5,
    habits,
  };
  store.put("people", "pods", pendingPod(pod));
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
  { workloads, store }: SimCluster,
  nodes: readonly string[],
  { webOn }: { readonly webOn?: string } = {},
): void {
  const place = webOn === undefined ? {} : { onlyOn: webOn };
  workloads.deploy({ namespace: "web", name: "web", replicas: 1, graceSeconds: 5, ...place });
  workloads.addBudget({ namespace: "web", name: "web", promise: { minAvailable: 1 } });
  workloads.deploy({ namespace: "shop", name: "api", replicas: 3, graceSeconds: 10 });
  workloads.addBudget({ namespace: "shop", name: "api", promise: { maxUnavailable: 1 } });
  workloads.deploy({ namespace: "shop", name: "batch", replicas: 5, graceSeconds: 20 });
  workloads.addDaemonSet({ namespace: "kube-system", name: "flannel", graceSeconds: 5 });
  const annotations = { "kubernetes.io/config.mirror": "static" };
  for (const node of nodes) {
    const name = `kube-vip-${node}`;
    store.put(
      "people",
      "pods",
      pendingPod({ namespace: "kube-system", name, owner: null, node, annotations, graceSeconds: 5 }),
    );
  }
}
