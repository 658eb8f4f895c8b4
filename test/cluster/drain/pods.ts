import { field, type Json, type JsonObject, listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend, type Rest } from "../../control-plane/rest.ts";
import { waitFor, waitForList } from "../../control-plane/wait.ts";
import {
  createDeployment,
  createDisruptionBudget,
  isObserved,
  isRolledOut,
  type NewDeployment,
  type NewDisruptionBudget,
} from "../../control-plane/workloads.ts";

/** Keeps a pod that was told to end until the test lets it go. */
export const HELD = "test.bootswain.dev/held";

export interface PodName {
  readonly name: string;
  readonly uid: string;
}

interface NewPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** More of its metadata and spec. */
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
}

export const podPath = (namespace: string, name: string): string => `/api/v1/namespaces/${namespace}/pods/${name}`;

/** A pod on its node at once, past the scheduler, so that a cordon does not keep it away; running when this resolves. */
export async function createPod(rest: Rest, pod: NewPod): Promise<PodName> {
  await addPod(rest, pod);
  return nameOf(await waitFor(rest, podPath(pod.namespace, pod.name), isRunning));
}

/** The same, and nobody waits for it: a drain may end it before it runs. */
export async function addPod(rest: Rest, pod: NewPod): Promise<PodName> {
  const { namespace, name, node, labels = { app: name }, metadata = {}, spec = {} } = pod;
  const added = await mustSend(rest, "POST", `/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels, ...metadata },
    spec: { nodeName: node, containers: [{ name: "main", image: "registry.example/none:1" }], ...spec },
  });
  return nameOf(added);
}

export async function setPodStatus(rest: Rest, namespace: string, name: string, status: Json): Promise<void> {
  await mustSend(rest, "PATCH", `${podPath(namespace, name)}/status`, { status }, "strategic");
}

/** Told to end, within its grace. */
export async function deletePod(rest: Rest, namespace: string, name: string): Promise<void> {
  await mustSend(rest, "DELETE", podPath(namespace, name));
}

/** Gone when this resolves, and the name is free. */
export async function removePod(rest: Rest, namespace: string, name: string): Promise<void> {
  await deletePod(rest, namespace, name);
  await waitFor(rest, podPath(namespace, name), (pod) => pod === undefined);
}

/** Lets a pod go that HELD keeps. */
export async function letGo(rest: Rest, namespace: string, name: string): Promise<void> {
  await mustSend(rest, "PATCH", podPath(namespace, name), { metadata: { finalizers: null } });
}

type Pinned = Omit<NewDeployment, "nodeSelector"> & { readonly node: string };

/** A deployment whose pods may be on this node only, so what leaves it waits until the node serves again. */
export async function pin(rest: Rest, { node, ...deployment }: Pinned): Promise<readonly PodName[]> {
  const { namespace, name, replicas = 1 } = deployment;
  await createDeployment(rest, { ...deployment, nodeSelector: { "kubernetes.io/hostname": node } });
  await waitFor(rest, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, isRolledOut);
  const selected = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${name}`;
  const pods = await waitForList(rest, selected, (items) => items.filter(isRunning).length === replicas);
  return pods.map(nameOf);
}

export const budgetPath = (namespace: string, name: string): string =>
  `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/${name}`;

interface Protection {
  readonly namespace: string;
  /** Of the budget, and of the app that it covers. */
  readonly name: string;
  readonly promise: NewDisruptionBudget["promise"];
  /** How many pods it must have found before it counts. */
  readonly pods: number;
}

/** A budget that the controller has judged. */
export async function protect(rest: Rest, { namespace, name, promise, pods }: Protection): Promise<void> {
  await createDisruptionBudget(rest, { namespace, name, matchLabels: { app: name }, promise });
  const isJudged = (budget: Json | undefined): boolean =>
    isObserved(budget) && field(budget, "status", "currentHealthy") === pods;
  await waitFor(rest, budgetPath(namespace, name), isJudged);
}

export async function unprotect(rest: Rest, namespace: string, name: string): Promise<void> {
  await mustSend(rest, "DELETE", budgetPath(namespace, name));
}

export async function podsIn(rest: Rest, namespace: string): Promise<readonly Json[]> {
  return listAt(await mustSend(rest, "GET", `/api/v1/namespaces/${namespace}/pods`), "items");
}

export const nameOf = (pod: Json | undefined): PodName => ({
  name: stringAt(pod, "metadata", "name"),
  uid: stringAt(pod, "metadata", "uid"),
});

const isRunning = (pod: Json | undefined): boolean =>
  stringAt(pod, "status", "phase") === "Running" && field(pod, "metadata", "deletionTimestamp") === undefined;

export const isEnding = (pod: Json | undefined): boolean => field(pod, "metadata", "deletionTimestamp") !== undefined;
