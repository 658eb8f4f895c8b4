import { controllerOf, keyOf, type OwnerReference, type Stored } from "../objects.ts";
import { at } from "../rules/world.ts";
import type { Store } from "../store.ts";

/** Owners that exist on every cluster and have no scale, as the server names their resource. */
const UNSCALED: Readonly<Record<string, string>> = {
  Job: "jobs.batch",
  DaemonSet: "daemonsets.apps",
  Node: "nodes",
  Cluster: "clusters.postgresql.cnpg.io",
};

interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/**
 * How many pods the owners of these want together; pods of nobody are passed over. A text says why it can't be worked out
 * (pkg/controller/disruption, getExpectedScale).
 */
export function expectedScale(store: Store, pods: readonly Stored[]): number | string {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) continue;
    const scale = scaleOf(store, pod.metadata.namespace, owner);
    if (typeof scale === "string") return scale;
    if (scale === null) return `found no controllers for pod "${pod.metadata.name}"`;
    scales.set(scale.uid, scale.replicas);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function scaleOf(store: Store, namespace: string | undefined, owner: OwnerReference): Scale | string | null {
  const found = (resource: string, { name, uid }: OwnerReference): Stored | null => {
    const object = store.get(resource, keyOf(namespace, name));
    return object?.metadata.uid === uid ? object : null;
  };
  if (owner.kind === "StatefulSet") return scaleIn(found("statefulsets", owner));
  if (owner.kind === "ReplicaSet") {
    const set = found("replicasets", owner);
    const above = set === null ? undefined : controllerOf(set);
    return (above?.kind === "Deployment" ? scaleIn(found("deployments", above)) : null) ?? scaleIn(set);
  }
  const resource = UNSCALED[owner.kind];
  if (resource === undefined) return `no matches for kind "${owner.kind}" in version "${owner.apiVersion}"`;
  return `${resource} does not implement the scale subresource`;
}

const scaleIn = (object: Stored | null): Scale | null =>
  object === null ? null : { uid: object.metadata.uid, replicas: Number(at(object, "spec", "replicas") ?? 1) };
