import { ask, at, type ContractWorld, items, text } from "./world.ts";

interface WorkloadOptions {
  readonly replicas?: number;
  /** The node that its pods fit on. */
  readonly node: string;
  readonly strategy?: object;
  readonly graceSeconds?: number;
}

const containers = [{ name: "main", image: "registry.example/none:1" }];

/** A Deployment, StatefulSet or DaemonSet of pods that carry app=NAME. */
export async function addWorkload(
  world: ContractWorld,
  kind: "Deployment" | "StatefulSet" | "DaemonSet",
  name: string,
  { replicas, node, strategy, graceSeconds = 30 }: WorkloadOptions,
): Promise<void> {
  const nodeSelector = { "kubernetes.io/hostname": node };
  const object = {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: world.namespace },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(kind === "StatefulSet" ? { serviceName: name } : {}),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers, nodeSelector, terminationGracePeriodSeconds: graceSeconds },
      },
    },
  };
  const resource = ({ Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const)[kind];
  await mustCreate(world, resource, object);
}

type Creation = Parameters<ContractWorld["api"]["call"]>[0] & { readonly verb: "create" };

export async function mustCreate(
  world: ContractWorld,
  resource: Creation["resource"],
  object: unknown,
): Promise<unknown> {
  const answer = await ask(world, { verb: "create", resource, namespace: world.namespace, object });
  if (answer.code !== 201) throw new Error(`${resource} was not made: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A pod of its own with parts that addPod has not. */
export const podObject = (world: ContractWorld, name: string, metadata: object, spec: object): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: world.namespace, ...metadata },
  spec: { containers, ...spec },
});

export async function podsOf(world: ContractWorld, labelSelector: string): Promise<readonly unknown[]> {
  return items(await ask(world, { verb: "list", resource: "pods", namespace: world.namespace, labelSelector }));
}

export const nameOf = (object: unknown): string => text(at(object, "metadata", "name"));

export const uidOf = (object: unknown): string => text(at(object, "metadata", "uid"));

export const isTerminating = (pod: unknown): boolean => at(pod, "metadata", "deletionTimestamp") !== undefined;

export function isReady(pod: unknown): boolean {
  const conditions = at(pod, "status", "conditions");
  return (
    Array.isArray(conditions) && conditions.some((one) => at(one, "type") === "Ready" && at(one, "status") === "True")
  );
}

/** All of so many pods are ready. */
export function untilReady(world: ContractWorld, app: string, count: number): Promise<void> {
  return world.until(async () => {
    const pods = await podsOf(world, `app=${app}`);
    return pods.length === count && pods.every((pod) => isReady(pod) && !isTerminating(pod));
  });
}

/** A read, a change and a write, again when another write came in between. */
export async function change(
  world: ContractWorld,
  place: { readonly resource: "nodes" | "pods" | "deployments"; readonly name: string },
  changed: (object: unknown) => unknown,
): Promise<unknown> {
  const where = place.resource === "nodes" ? place : { ...place, namespace: world.namespace };
  for (;;) {
    const { body } = await ask(world, { verb: "get", ...where });
    const answer = await ask(world, { verb: "update", ...where, object: changed(body) });
    if (answer.code === 200) return answer.body;
    if (answer.code !== 409) throw new Error(`${place.name} was not changed: ${JSON.stringify(answer.body)}`);
  }
}

export const cordon = (world: ContractWorld, name: string): Promise<unknown> =>
  change(world, { resource: "nodes", name }, (node) => ({
    ...Object(node),
    spec: { ...Object(at(node, "spec")), unschedulable: true },
  }));

export const evict = (world: ContractWorld, pod: unknown, options: { readonly graceSeconds?: number } = {}) =>
  ask(world, {
    verb: "evict",
    resource: "pods",
    namespace: world.namespace,
    name: nameOf(pod),
    uid: uidOf(pod),
    ...options,
  });
