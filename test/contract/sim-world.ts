import { SimCluster } from "../../bot/sim/cluster.ts";
import { Kubelet } from "../../bot/sim/kubelet.ts";
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
    // The real one is one without deploy/admission.yaml, too.
    hasAdmission: false,
    policySource: () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) }),
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
  const { workloads } = cluster;
  return {
    api,
    namespace: NAMESPACE,
    addNode: async (name) => addNode(cluster, name),
    addPod: async ({ name, app, node, neverReady }) => {
      const place = node === undefined ? { nodeSelector: { nowhere: "true" } } : { node };
      const habits = neverReady === true ? { habits: { neverReady } } : {};
      workloads.addPod({ namespace: NAMESPACE, name, labels: { app }, graceSeconds: 1, ...place, ...habits });
    },
    deploy: async (name, replicas) =>
      workloads.deploy({ namespace: NAMESPACE, name, replicas, graceSeconds: 1, onlyOn: name }),
    addBudget: async ({ name, app, minAvailable }) =>
      workloads.addBudget({
        namespace: NAMESPACE,
        name,
        selector: { matchLabels: { app } },
        promise: { minAvailable },
      }),
    holdDisruptionController: async () => {
      cluster.controllers.disruption.isPaused = true;
      return () => {
        cluster.controllers.disruption.isPaused = false;
      };
    },
    endNamespace: async () => cluster.server.endNamespace(NAMESPACE),
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
  const labels = { "kubernetes.io/hostname": name };
  cluster.store.put("people", "nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: {} });
  new Kubelet(cluster.store, cluster.clock, cluster.random.fork(name), name).start(`boot-${name}`);
}
