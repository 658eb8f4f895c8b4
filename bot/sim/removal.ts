import type { Instant } from "../core/instant.ts";
import { type Stored, stamp, storedKey } from "./objects.ts";
import { isFinished, isTerminating, nodeOf } from "./pods.ts";
import type { Store } from "./store.ts";

interface Removal {
  readonly actor: string;
  readonly now: Instant;
  readonly graceSeconds: number;
}

/** A pod on a node ends when its kubelet says so; one that was never bound or has finished goes at once. */
export function removePod(store: Store, pod: Stored, { actor, now, graceSeconds }: Removal): Stored {
  if (graceSeconds === 0 || (!isTerminating(pod) && (nodeOf(pod) === "" || isFinished(pod)))) {
    return removed(store, "api-server", "pods", pod, now);
  }
  if (isTerminating(pod)) return pod;
  return store.put(`api-server for ${actor}`, "pods", marked(pod, now, graceSeconds));
}

/** Finalizers keep an object that is deleted until the last of them is taken away. */
export function removed(store: Store, actor: string, resource: string, object: Stored, now: Instant): Stored {
  const isKept = (object.metadata.finalizers ?? []).length > 0;
  if (isKept) return store.put(actor, resource, marked(object, now, 0));
  store.remove(actor, resource, storedKey(object));
  return object;
}

/** Deleted, past its grace, and nobody's finalizer is left. */
export const isOver = ({ metadata }: Stored): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  (metadata.finalizers ?? []).length === 0;

function marked(object: Stored, now: Instant, graceSeconds: number): Stored {
  const { deletionTimestamp = stamp(now + graceSeconds * 1_000) } = object.metadata;
  return {
    ...object,
    metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds },
  };
}

/** Takes one finalizer away, or all; the object goes if nothing else keeps it. */
export function letGo(store: Store, actor: string, object: Stored, finalizer?: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => finalizer !== undefined && one !== finalizer);
  const free = store.put(actor, "pods", { ...object, metadata: { ...object.metadata, finalizers } });
  if (isOver(free)) store.remove("api-server", "pods", storedKey(free));
}
