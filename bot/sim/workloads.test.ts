import { expect, test } from "vitest";
import { MINUTE, SECOND } from "../core/instant.ts";
import { SimCluster } from "./cluster.ts";
import { isReady, isTerminating, nodeOf } from "./pods.ts";
import { at, isUnschedulable } from "./rules/world.ts";
import { setSchedulable } from "./simulation/incidents.ts";

const NAMESPACE = "shop";
const ONE_SURGE = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

/** Two or more nodes whose pods have come to rest. */
async function aCluster(put: (cluster: SimCluster) => void, nodes = ["a", "b"]): Promise<SimCluster> {
  const policySource = () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) });
  const cluster = new SimCluster({ seed: "workloads", start: 1_796_083_200_000, clusterName: "sim", policySource });
  for (const name of nodes) cluster.addNode({ name, labels: {}, allocatable: { cpu: "2", memory: "4Gi" } });
  put(cluster);
  await pass(cluster, MINUTE);
  return cluster;
}

const pass = (cluster: SimCluster, length: number): Promise<boolean> =>
  cluster.clock.runUntil(() => false, cluster.clock.now() + length);

const pods = (cluster: SimCluster, prefix: string) =>
  cluster.store.all("pods").filter(({ metadata }) => metadata.name.startsWith(prefix));

const onlyPod = (cluster: SimCluster, prefix: string) => {
  const [pod] = pods(cluster, prefix);
  if (pod === undefined) throw new Error(`there is no pod ${prefix}`);
  return pod;
};

function evict(cluster: SimCluster, name: string): number {
  const uid = cluster.store.get("pods", `${NAMESPACE}/${name}`)?.metadata.uid ?? "";
  const { code } = cluster.server.handle("bot", { verb: "evict", resource: "pods", namespace: NAMESPACE, name, uid });
  return code;
}

test("a rollout keeps its replicas ready, and never has more than its surge", async () => {
  const settings = { namespace: NAMESPACE, name: "web", replicas: 3, graceSeconds: 5, strategy: ONE_SURGE };
  const cluster = await aCluster(({ workloads }) => workloads.deploy(settings));
  const seen: number[] = [];
  const wanted: number[] = [];
  cluster.store.onChange(() => {
    seen.push(pods(cluster, "web-").filter((pod) => isReady(pod) && !isTerminating(pod)).length);
    const sizes = cluster.store.all("replicasets").map(({ spec }) => Number(at(spec, "replicas")));
    wanted.push(sizes.reduce((sum, size) => sum + size, 0));
  });
  cluster.workloads.deploy({ ...settings, annotations: { restarted: "now" } });
  await pass(cluster, 2 * MINUTE);
  expect([Math.min(...seen), Math.max(...wanted)]).toEqual([3, 4]);
  expect(pods(cluster, "web-").map(({ metadata }) => metadata.annotations)).toEqual(
    Array(3).fill({ restarted: "now" }),
  );
});

test("pods go where they fit: by requests, host ports, selectors and what a node asks", async () => {
  const cluster = await aCluster(({ workloads }) => {
    workloads.addPod({ namespace: NAMESPACE, name: "large", graceSeconds: 1, node: "a", requests: { cpu: "1500m" } });
    workloads.addPod({ namespace: NAMESPACE, name: "port-1", graceSeconds: 1, node: "b", hostPort: 80 });
    workloads.addPod({ namespace: NAMESPACE, name: "second", graceSeconds: 1, requests: { cpu: "1" } });
    workloads.addPod({ namespace: NAMESPACE, name: "port-2", graceSeconds: 1, hostPort: 80 });
    workloads.addPod({ namespace: NAMESPACE, name: "huge", graceSeconds: 1, requests: { memory: "5Gi" } });
  });
  const nodes = ["second", "port-2", "huge"].map((name) => nodeOf(onlyPod(cluster, name)));
  expect(nodes).toEqual(["b", "a", ""]);
  expect(JSON.stringify(onlyPod(cluster, "huge").status)).toContain('"PodScheduled","status":"False"');
});

test("a pod that moves gets its volume when the old node has let it go", async () => {
  const cluster = await aCluster(({ workloads, controllers }) => {
    controllers.volumes.detachIn(30 * SECOND);
    workloads.addStatefulSet({ namespace: NAMESPACE, name: "db", replicas: 1, graceSeconds: 1, hasData: true });
  });
  const before = onlyPod(cluster, "db-0");
  setSchedulable(cluster, nodeOf(before), false);
  evict(cluster, "db-0");
  await pass(cluster, 20 * SECOND);
  const waiting = onlyPod(cluster, "db-0");
  expect(waiting.metadata.uid).not.toBe(before.metadata.uid);
  expect([nodeOf(waiting) === nodeOf(before), isReady(waiting)]).toEqual([false, false]);
  await pass(cluster, MINUTE);
  expect(isReady(onlyPod(cluster, "db-0"))).toBe(true);
  const attachments = cluster.store.all("volumeattachments").map(({ spec }) => at(spec, "nodeName"));
  expect(attachments).toEqual([nodeOf(waiting)]);
});

test("an operator lets its primary go some time after the cordon, and not before", async () => {
  const cluster = await aCluster(
    ({ workloads }) =>
      workloads.addDatabase({ namespace: NAMESPACE, name: "pg", instances: 2, switchOverSeconds: 120 }),
    ["a", "b", "c", "d"],
  );
  const primary = pods(cluster, "pg-").find(({ metadata }) => metadata.labels?.["cnpg.io/instanceRole"] === "primary");
  const { name = "" } = primary?.metadata ?? {};
  if (primary !== undefined) setSchedulable(cluster, nodeOf(primary), false);
  await pass(cluster, MINUTE);
  expect(evict(cluster, name)).toBe(429);
  await pass(cluster, 2 * MINUTE);
  expect(evict(cluster, name)).toBe(201);
});

test("a pod that never ends goes with the boot of its node, one with a finalizer when its owner says so", async () => {
  const cluster = await aCluster(({ workloads }) => {
    const pod = { namespace: NAMESPACE, graceSeconds: 1, node: "a" };
    workloads.addPod({ ...pod, name: "stubborn", habits: { neverEnds: true } });
    workloads.addPod({ ...pod, name: "kept", finalizers: ["x/y"], habits: { finalizedAfterSeconds: 300 } });
  });
  expect([evict(cluster, "stubborn"), evict(cluster, "kept")]).toEqual([201, 201]);
  await pass(cluster, 4 * MINUTE);
  expect([pods(cluster, "stubborn").length, pods(cluster, "kept").length]).toEqual([1, 1]);
  await pass(cluster, 3 * MINUTE);
  expect([pods(cluster, "stubborn").length, pods(cluster, "kept").length]).toEqual([1, 0]);
  cluster.hosts.get("a")?.goDown();
  await pass(cluster, 5 * MINUTE);
  expect(pods(cluster, "stubborn")).toEqual([]);
});

test("what a Deployment made goes with it, and daemons stay on a cordoned node", async () => {
  const cluster = await aCluster(({ workloads }) => {
    workloads.deploy({ namespace: NAMESPACE, name: "web", replicas: 2, graceSeconds: 1 });
    workloads.addDaemonSet({ namespace: NAMESPACE, name: "net", graceSeconds: 1 });
  });
  setSchedulable(cluster, "a", false);
  evict(cluster, onlyPod(cluster, "net-").metadata.name);
  cluster.workloads.remove("deployments", { namespace: NAMESPACE, name: "web" });
  await pass(cluster, MINUTE);
  expect(cluster.store.all("replicasets")).toEqual([]);
  expect(cluster.store.all("nodes").map(isUnschedulable)).toEqual([true, false]);
  expect(cluster.store.all("pods").map(nodeOf).sort()).toEqual(["a", "b"]);
});
