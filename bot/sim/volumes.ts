import { keyOf, type Stored } from "./objects.ts";
import { nodeOf } from "./pods.ts";
import { at, list, text } from "./rules/world.ts";
import type { Store } from "./store.ts";

/** The volume of a claim, if that has to be attached to one node at a time; null for one that many nodes may use. */
export function volumeOf(store: Store, namespace: string | undefined, claim: string): string | null {
  const object = store.get("persistentvolumeclaims", keyOf(namespace, claim));
  const modes = list(at(object, "spec", "accessModes")).map(text);
  const isShared = modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
  return object === undefined || isShared ? null : text(at(object, "spec", "volumeName"));
}

/** Whether the pod's node has the volume: before that no container of it starts. */
export function isAttached(store: Store, pod: Stored, claim: string): boolean {
  const volume = volumeOf(store, pod.metadata.namespace, claim);
  if (volume === null) return true;
  return store.all("volumeattachments").some((one) => nodeWith(one) === nodeOf(pod) && volumeIn(one) === volume);
}

export const nodeWith = (attachment: Stored): string => text(at(attachment, "spec", "nodeName"));

export const volumeIn = (attachment: Stored): string => text(at(attachment, "spec", "source", "persistentVolumeName"));
