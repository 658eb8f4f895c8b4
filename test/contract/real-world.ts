import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { loadConnection } from "../../bot/kube/connection.ts";
import { KubeApi } from "../../bot/kube/kube-api.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { createNode } from "../control-plane/fleet.ts";
import { field, type Json } from "../control-plane/json.ts";
import { mustSend, type Rest } from "../control-plane/rest.ts";
import { waitFor } from "../control-plane/wait.ts";
import { createDeployment, createDisruptionBudget, createNamespace } from "../control-plane/workloads.ts";
import { collect } from "./collect.ts";
import type { ContractWorld } from "./world.ts";

const CRDS = join(import.meta.dirname, "../../deploy/crds");
const LONG = 60_000;
/** Often enough to meet the scheduler in the middle of a burst. */
const LOOK_EVERY = 5;
/** What a mirror pod or a bare pod of a test runs; nothing pulls it. */
const containers = [{ name: "main", image: "registry.example/none:1" }];

export async function installCrds(plane: ControlPlane): Promise<void> {
  for (const file of await readdir(CRDS)) {
    const applied = await plane.kubectl(["apply", "-f", "-"], await readFile(join(CRDS, file), "utf8"));
    if (applied.code !== 0) throw new Error(`the CRD ${file} was refused: ${applied.stderr}`);
  }
  const waited = await plane.kubectl(["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"]);
  if (waited.code !== 0) throw new Error(`the CRDs were not established: ${waited.stderr}`);
  // For a moment after that the server answers 429 "storage is (re)initializing".
  for (const resource of ["hostreports", "nodereboots", "rebootfleets", "rebootdecisions"]) {
    while ((await plane.rest.request("GET", `/apis/bootswain.dev/v1alpha1/${resource}`)).code !== 200)
      await delay(LOOK_EVERY);
  }
}

/** kwok has every pod ready once, and then leaves it alone. */
async function makeUnready(rest: Rest, path: string): Promise<void> {
  const isRunning = (pod: Json | undefined): boolean => field(pod, "status", "phase") === "Running";
  await waitFor(rest, path, isRunning);
  const conditions = [{ type: "Ready", status: "False", lastTransitionTime: null }];
  await mustSend(rest, "PATCH", `${path}/status`, { status: { conditions } }, "strategic");
}

/** A world of its own namespace on a real API server. */
export async function realWorld(plane: ControlPlane, namespace: string): Promise<ContractWorld> {
  const api = new KubeApi(loadConnection(plane.kubeconfig()));
  await createNamespace(plane.rest, namespace);
  await waitFor(
    plane.rest,
    `/api/v1/namespaces/${namespace}/serviceaccounts/default`,
    (account) => account !== undefined,
  );
  return {
    api,
    namespace,
    addNode: async (name) => {
      await createNode(plane.rest, { name });
    },
    addPod: async ({ name, app, node, neverReady }) => {
      const spec = node === undefined ? { nodeSelector: { nowhere: "true" } } : { nodeName: node };
      await mustSend(plane.rest, "POST", `/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, labels: { app } },
        spec: { containers, ...spec },
      });
      if (neverReady === true) await makeUnready(plane.rest, `/api/v1/namespaces/${namespace}/pods/${name}`);
    },
    deploy: async (name, replicas) => {
      await createDeployment(plane.rest, {
        namespace,
        name,
        replicas,
        nodeSelector: { "kubernetes.io/hostname": name },
      });
    },
    addBudget: async ({ name, app, minAvailable }) => {
      await createDisruptionBudget(plane.rest, { namespace, name, matchLabels: { app }, promise: { minAvailable } });
    },
    holdDisruptionController: async () => {
      const pid = plane.pids.get("kube-controller-manager");
      if (pid === undefined) throw new Error("the controller manager does not run");
      process.kill(pid, "SIGSTOP");
      return () => process.kill(pid, "SIGCONT");
    },
    endNamespace: async () => {
      await mustSend(plane.rest, "DELETE", `/api/v1/namespaces/${namespace}`);
    },
    expiredVersion: async () => "1",
    until: async (isSo) => {
      const end = performance.now() + LONG;
      while (!(await isSo())) {
        if (performance.now() > end) throw new Error("it is still not so");
        await delay(LOOK_EVERY);
      }
    },
    watch: (call, isEnough) => collect(api, call, isEnough),
  };
}
