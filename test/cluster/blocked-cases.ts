import type { Json } from "../control-plane/json.ts";

const SPARE = "spare";
/** A node whose name a pod prefers goes first; where nothing keeps it, it may run on any. */
const TOWARDS = (node: string) => ({
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
      },
    ],
  },
});

const containers = [{ name: "main", image: "registry.example/none:1" }];

interface Made {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly spec?: Readonly<Record<string, Json>>;
}

export interface BlockedCase {
  /** The kind of blocked budget; the node and the namespace have its name. */
  readonly name: string;
  readonly objects: (node: string) => readonly Json[];
  /** How many pods must run on the node before its budget is looked at. */
  readonly pods: number;
  /** Pods whose Ready is set: since so many minutes. */
  readonly unready?: { readonly count: number; readonly minutes: number };
  readonly verdict: string;
  readonly cause: string;
  /** What a person does where no command is suggested; else the first command is run as it stands. */
  readonly instead?: "the pod becomes ready" | "a node with room is added";
}

function deployment(node: string, { name = "app", labels = { app: name }, replicas = 1, spec = {} }: Made = {}): Json {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: node },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers, affinity: TOWARDS(node), ...spec },
      },
    },
  };
}

const budget = (
  namespace: string,
  promise: Readonly<Record<string, Json>>,
  { name = "app", matchLabels = { app: "app" } as Readonly<Record<string, string>> } = {},
): Json => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace },
  spec: { selector: { matchLabels }, ...promise },
});

const pod = (node: string, metadata: Readonly<Record<string, Json>>): Json => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "app", namespace: node, labels: { app: "app" }, ...metadata },
  spec: { containers, nodeName: node },
});

const NEVER = "can never be satisfied";

export const BLOCKED_CASES: readonly BlockedCase[] = [
  {
    name: "single-replica",
    objects: (node) => [deployment(node), budget(node, { minAvailable: 1 })],
    pods: 1,
    verdict: NEVER,
    cause: "single replica",
  },
  {
    name: "max-unavailable-0",
    objects: (node) => [deployment(node, { replicas: 2 }), budget(node, { maxUnavailable: 0 })],
    pods: 2,
    verdict: NEVER,
    cause: "max unavailable 0",
  },
  {
    name: "min-available-100",
    objects: (node) => [deployment(node, { replicas: 2 }), budget(node, { minAvailable: "100%" })],
    pods: 2,
    verdict: NEVER,
    cause: "min available 100 %",
  },
  {
    name: "no-promise",
    objects: (node) => [deployment(node, { replicas: 2 }), budget(node, {})],
    pods: 2,
    verdict: NEVER,
    cause: "no promise",
  },
  {
    name: "two-budgets",
    objects: (node) => [
      deployment(node),
      budget(node, { minAvailable: 0 }),
      budget(node, { minAvailable: 1 }, { name: "other" }),
    ],
    pods: 1,
    verdict: NEVER,
    cause: "two budgets",
  },
  {
    name: "unhealthy-pods",
    objects: (node) => [deployment(node, { replicas: 2 }), budget(node, { minAvailable: 1 })],
    pods: 2,
    unready: { count: 2, minutes: 20 },
    verdict: NEVER,
    cause: "unhealthy pods",
  },
  {
    name: "several-owners",
    objects: (node) => {
      const labels = { tier: "backend" };
      const both = { matchLabels: labels };
      return [
        deployment(node, { labels }),
        deployment(node, { name: "api", labels }),
        budget(node, { minAvailable: 2 }, both),
      ];
    },
    pods: 2,
    verdict: NEVER,
    cause: "several owners",
  },
  {
    name: "no-controller",
    objects: (node) => [pod(node, {}), budget(node, { maxUnavailable: 1 })],
    pods: 1,
    verdict: NEVER,
    cause: "no controller",
  },
  {
    name: "operator",
    objects: (node) => [budget(node, { minAvailable: 1 })],
    pods: 1,
    verdict: "its operator may free it",
    cause: "operator",
  },
  {
    name: "starting",
    objects: (node) => [deployment(node, { replicas: 2 }), budget(node, { minAvailable: 1 })],
    pods: 2,
    unready: { count: 1, minutes: 0 },
    verdict: "clears by itself",
    cause: "starting",
    instead: "the pod becomes ready",
  },
  {
    name: "no-room",
    objects: (node) => {
      const selected = {
        nodeSelector: { room: "yes" },
        containers: [{ ...containers[0], resources: { requests: { cpu: "20" } } }],
      };
      return [deployment(node, { replicas: 2, spec: selected }), budget(node, { minAvailable: 1 })];
    },
    pods: 1,
    verdict: "needs capacity",
    cause: "no room",
    instead: "a node with room is added",
  },
];

export const NODES = [...BLOCKED_CASES.map(({ name }) => name), SPARE];

/** CloudNativePG's kind as far as its budgets are concerned. */
export const CLUSTER_KIND: Json = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "clusters.postgresql.cnpg.io" },
  spec: {
    group: "postgresql.cnpg.io",
    scope: "Namespaced",
    names: { kind: "Cluster", plural: "clusters", singular: "cluster" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { enablePDB: { type: "boolean" } } } },
          },
        },
      },
    ],
  },
};

export const cluster = (namespace: string): Json => ({
  apiVersion: "postgresql.cnpg.io/v1",
  kind: "Cluster",
  metadata: { name: "pg", namespace },
  spec: { enablePDB: true },
});

/** A pod of that Cluster. */
export const instance = (node: string, uid: string): Json =>
  pod(node, {
    ownerReferences: [{ apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", name: "pg", uid, controller: true }],
  });
