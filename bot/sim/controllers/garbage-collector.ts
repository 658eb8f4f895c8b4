import { SECOND } from "../../core/instant.ts";
import type { WorldClock } from "../clock.ts";
import type { Stored } from "../objects.ts";
import { graceOf, isTerminating } from "../pods.ts";
import { removed, removePod } from "../removal.ts";
import type { Store } from "../store.ts";

/** Where owners of each kind are kept. What any other kind owns is left alone. */
const OWNERS: Readonly<Record<string, string>> = {
  Node: "nodes",
  Deployment: "deployments",
  ReplicaSet: "replicasets",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
  CronJob: "cronjobs",
  Job: "jobs",
  Cluster: "clusters",
};
const OWNED = ["hostreports", "nodereboots", "replicasets", "jobs", "pods"] as const;

/** Removes what belongs to an object that is gone, by the uid in its owner reference; also what was made too late for it. */
export class GarbageCollector {
  readonly #store: Store;
  readonly #clock: WorldClock;
  #isDue = false;

  constructor(store: Store, clock: WorldClock) {
    this.#store = store;
    this.#clock = clock;
  }

  start(): void {
    this.#store.onChange(({ resource, verb }) => {
      const isOwnerGone = verb === "delete" && Object.values(OWNERS).includes(resource);
      const isDependentMade = verb === "create" && OWNED.some((one) => one === resource);
      if (isOwnerGone || isDependentMade) this.#wake();
    });
  }

  #wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#clock.after(SECOND, () => {
      this.#isDue = false;
      this.#collect();
    });
  }

  #collect(): void {
    const uids = new Set(
      Object.values(OWNERS).flatMap((resource) => this.#store.all(resource).map(({ metadata }) => metadata.uid)),
    );
    for (const resource of OWNED) {
      for (const object of this.#store.all(resource)) if (isOrphan(object, uids)) this.#remove(resource, object);
    }
  }

  #remove(resource: string, object: Stored): void {
    const now = this.#clock.now();
    if (resource !== "pods") removed(this.#store, "garbage-collector", resource, object, now);
    else if (!isTerminating(object))
      removePod(this.#store, object, { actor: "garbage-collector", now, graceSeconds: graceOf(object) });
  }
}

function isOrphan({ metadata }: Stored, uids: ReadonlySet<string>): boolean {
  const owners = metadata.ownerReferences ?? [];
  return owners.length > 0 && owners.every(({ kind, uid }) => kind in OWNERS && !uids.has(uid));
}
