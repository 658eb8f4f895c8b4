import { randomUUID } from "node:crypto";
import { type Json, listAt, stringAt } from "./json.ts";
import { mustSend, type Rest } from "./rest.ts";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface NewNode {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly bootId?: string;
  readonly taints?: readonly Taint[];
}

/** kwok's stages leave a node with this annotation alone. */
const downAnnotation = "test.bootswain.dev/down";

type Readiness = "True" | "False" | "Unknown";

const reasons: Record<Readiness, string> = {
  True: "KubeletReady",
  False: "KubeletNotReady",
  Unknown: "NodeStatusUnknown",
};

/** A Ready node whose kubelet is kwok. Pods come to it once the controller manager took its not-ready taint away. */
export function createNode(
  rest: Rest,
  { name, labels = {}, bootId = randomUUID(), taints = [] }: NewNode,
): Promise<Json> {
  const room = { cpu: "32", memory: "128Gi", pods: "110" };
  const taintList = taints.map(({ key, value = "", effect }) => ({ key, value, effect }));
  return mustSend(rest, "POST", "/api/v1/nodes", {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", ...labels } },
    spec: { taints: taintList },
    status: {
      phase: "Running",
      allocatable: room,
      capacity: room,
      conditions: [readyCondition("True")],
      addresses: [{ type: "Hostname", address: name }],
      nodeInfo: nodeInfo(bootId),
    },
  });
}

/**
 * The node went down: Ready changes now and stays so, and so do its pods, as the node lifecycle controller has it. Its
 * lease goes on, and a pod that is deleted meanwhile ends at once, since kwok knows of neither.
 */
export async function setNodeDown(rest: Rest, name: string, ready: "False" | "Unknown" = "Unknown"): Promise<void> {
  await annotate(rest, name, "true");
  await patchNodeStatus(rest, name, { conditions: [readyCondition(ready)] });
  await setPodsReady(rest, name, "False");
}

/** The node is back, under a new boot ID, and the pods that are still bound to it run again. */
export async function setNodeUp(rest: Rest, name: string, bootId: string): Promise<void> {
  await setPodsReady(rest, name, "True");
  await patchNodeStatus(rest, name, { conditions: [readyCondition("True")], nodeInfo: { bootID: bootId } });
  // Last, since kwok would make a node that is not Ready Ready by itself.
  await annotate(rest, name, null);
}

export function patchNodeStatus(rest: Rest, name: string, status: Json): Promise<Json> {
  return mustSend(rest, "PATCH", `/api/v1/nodes/${name}/status`, { status }, "strategic");
}

function annotate(rest: Rest, name: string, value: string | null): Promise<Json> {
  return mustSend(rest, "PATCH", `/api/v1/nodes/${name}`, { metadata: { annotations: { [downAnnotation]: value } } });
}

async function setPodsReady(rest: Rest, node: string, status: "True" | "False"): Promise<void> {
  const list = await mustSend(rest, "GET", `/api/v1/pods?fieldSelector=spec.nodeName%3D${node},status.phase%3DRunning`);
  const lastTransitionTime = new Date().toISOString();
  const conditions = [{ type: "Ready", status, lastTransitionTime }];
  for (const pod of listAt(list, "items")) {
    const [namespace, name] = [stringAt(pod, "metadata", "namespace"), stringAt(pod, "metadata", "name")];
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
    // A pod that goes meanwhile needs no condition.
    await rest.request("PATCH", path, { status: { conditions } }, "strategic");
  }
}

function readyCondition(status: Readiness): Json {
  const now = new Date().toISOString();
  return { type: "Ready", status, reason: reasons[status], lastHeartbeatTime: now, lastTransitionTime: now };
}

/** The API server takes a nodeInfo only with all of its fields. */
function nodeInfo(bootID: string): Json {
  return {
    bootID,
    machineID: "",
    systemUUID: "",
    kernelVersion: "5.14.0-362.8.1.el9_3.x86_64",
    osImage: "AlmaLinux 9.3 (Shamrock Pampas Cat)",
    containerRuntimeVersion: "containerd://1.7.11-k3s2",
    kubeletVersion: "v1.29.3+k3s1",
    kubeProxyVersion: "v1.29.3+k3s1",
    operatingSystem: "linux",
    architecture: "amd64",
  };
}
