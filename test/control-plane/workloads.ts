import { field, type Json, type JsonObject } from "./json.ts";
import { type Answer, mustSend, type Rest } from "./rest.ts";

type Labels = Readonly<Record<string, string>>;

export interface NewDeployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas?: number;
  /** Labels of the pods, which the deployment selects them by. */
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly nodeSelector?: Labels;
  /** As in a pod's spec. */
  readonly affinity?: JsonObject;
  readonly tolerations?: readonly JsonObject[];
  /** More of the pods' metadata and spec. */
  readonly pod?: PodParts;
}

export interface PodParts {
  readonly finalizers?: readonly string[];
  readonly spec?: JsonObject;
}

export interface NewDisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly matchLabels: Labels;
  /** Pods, or a share such as "50%". */
  readonly promise: { readonly minAvailable: number | string } | { readonly maxUnavailable: number | string };
}

export interface Eviction {
  readonly namespace: string;
  readonly pod: string;
  readonly uid?: string;
  readonly isDryRun?: boolean;
}

export function createNamespace(rest: Rest, name: string): Promise<Json> {
  return mustSend(rest, "POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

export function createDeployment(rest: Rest, options: NewDeployment): Promise<Json> {
  const { namespace, name, replicas = 1, labels = { app: name }, annotations = {}, nodeSelector = {} } = options;
  const { affinity = {}, tolerations = [], pod = {} } = options;
  const { finalizers = [], spec = {} } = pod;
  const containers = [{ name: "main", image: "registry.example/none:1" }];
  return mustSend(rest, "POST", `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations, finalizers },
        spec: { containers, nodeSelector, affinity, tolerations, ...spec },
      },
    },
  });
}

export function createDisruptionBudget(rest: Rest, options: NewDisruptionBudget): Promise<Json> {
  const { namespace, name, matchLabels, promise } = options;
  return mustSend(rest, "POST", `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace },
    spec: { selector: { matchLabels }, ...promise },
  });
}

/** The server's own answer, whatever it is. */
export function evict(rest: Rest, { namespace, pod, uid, isDryRun = false }: Eviction): Promise<Answer> {
  return rest.request("POST", `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: pod, namespace },
    deleteOptions: {
      ...(uid === undefined ? {} : { preconditions: { uid } }),
      ...(isDryRun ? { dryRun: ["All"] } : {}),
    },
  });
}

/** All replicas of the deployment are of its last generation, and Ready; those before it are gone, or told to end. */
export function isRolledOut(deployment: Json | undefined): boolean {
  const wanted = field(deployment, "spec", "replicas");
  const counts = ["replicas", "updatedReplicas", "readyReplicas"].map((of) => field(deployment, "status", of) ?? 0);
  return isObserved(deployment) && counts.every((count) => count === wanted);
}

/** The controllers have judged the last generation of the object. */
export function isObserved(object: Json | undefined): boolean {
  const generation = field(object, "metadata", "generation");
  return generation !== undefined && field(object, "status", "observedGeneration") === generation;
}
