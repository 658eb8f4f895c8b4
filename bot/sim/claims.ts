import { keyOf } from "./objects.ts";
import type { Store } from "./store.ts";

export interface ClaimSettings {
  readonly namespace: string;
  readonly name: string;
  /** By one node at a time, when it is not given. */
  readonly accessModes?: readonly string[];
}

/** A PersistentVolumeClaim that is bound to a volume of its own; once made it is there for good. */
export function addClaim(store: Store, actor: string, { namespace, name, accessModes }: ClaimSettings): void {
  if (store.get("persistentvolumeclaims", keyOf(namespace, name)) !== undefined) return;
  store.put(actor, "persistentvolumeclaims", {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, namespace },
    spec: { accessModes: accessModes ?? ["ReadWriteOnce"], volumeName: `pv-${namespace}-${name}` },
    status: { phase: "Bound" },
  });
}
