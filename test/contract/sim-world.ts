import { SimCluster } from "../../bot/sim/cluster.ts";
import { Kubelet } from "../../bot/sim/kubelet.ts";
import { pendingPod } from "../../bot/sim/pods.ts";
import { SimProcess } from "../../bot/sim/process.ts";
import { collect } from "./collect.ts";
import type { ContractWorld } from "./world.ts";

const NAMESPACE = "contract";
const LONG = 10 * 60_000;
const LOOK_EVERY = 5;

/** Runs a case on the simulated server: virtual time moves for as long as the case waits for something. */
export async function inSimulation<T>(seed: string, run: (world: ContractWorld) => Promise<T>): Promise<T> {
  const cluster = new SimCluster({
    seed,
    start: 1_796_083_200_000,
    clusterName: "contract",
    policySource: () => ({ start: () => ({ stop: () => {} }) }),
  });
  let isSettled = false;
  const result = run(worldOf(cluster)).finally(() => {
    isSettled = true;
  });
  result.catch(() => {});
  const isDone = await cluster.clock.runUntil(() => isSettled, cluster.clock.now() + LONG);
  if (!isDone) throw new Error("the case waits for something that does not come");
  return result;
}

function worldOf(cluster: SimCluster): ContractWorld {
  const process = new SimProcess("contract", cluster.clock, () => {});
  const api = cluster.api(process);
  return {
    api,
    namespace: NAMESPACE,
    addNode: async (name) => addNode(cluster, name),
    addPod: async ({ name, app, node }) => {
      const place = node === undefined ? {} : { node };
      cluster.store.put(
        "people",
        "pods",
        pendingPod({ namespace: NAMESPACE, name, labels: { app }, owner: null, graceSeconds: 1, ...place }),
      );
    },
    deploy: async (name, replicas) =>
      cluster.workloads.deploy({ namespace: NAMESPACE, name, replicas, graceSeconds: 1, onlyOn: name }),
    addBudget: async ({ name, app, minAvailable }) => {
      cluster.store.put("people", "poddisruptionbudgets", {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name, namespace: NAMESPACE, generation: 1 },
        spec: { selector: { matchLabels: { app } }, minAvailable },
      });
    },
    holdDisruptionController: async () => {
      cluster.controllers.disruption.isPaused = true;
      return () => {
        cluster.controllers.disruption.isPaused = false;
      };
    },
    expiredVersion: async () => {
      const version = cluster.store.version();
      cluster.store.put("people", "configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "later", namespace: NAMESPACE },
      });
      cluster.server.compact();
      return version;
    },
    until: async (isSo) => {
      while (!(await isSo())) await pause(cluster, LOOK_EVERY);
    },
    watch: (call, isEnough) => collect(api, call, isEnough),
  };
}

const pause = (cluster: SimCluster, delay: number): Promise<void> =>
  new Promise((resolve) => void cluster.clock.after(delay, resolve));

function addNode(cluster: SimCluster, name: string): void {
  cluster.store.put("people", "nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels: {} }, spec: {} });
  new Kubelet(cluster.store, cluster.clock, cluster.random.fork(name), name).start(`boot-${name}`);
}
