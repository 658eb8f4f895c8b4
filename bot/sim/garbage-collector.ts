import { SECOND } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import { storedKey } from "./objects.ts";
import type { Store } from "./store.ts";

const OWNED = ["hostreports", "nodereboots"] as const;

/** Removes what belongs to a Node that is gone, by the uid in its owner reference; also what was made too late for it. */
export class GarbageCollector {
  readonly #store: Store;
  readonly #clock: WorldClock;

  constructor(store: Store, clock: WorldClock) {
    this.#store = store;
    this.#clock = clock;
  }

  start(): void {
    this.#store.onChange(({ resource, verb }) => {
      const isOwnerGone = resource === "nodes" && verb === "delete";
      const isDependentMade = verb === "create" && OWNED.some((one) => one === resource);
      if (isOwnerGone || isDependentMade) this.#clock.after(SECOND, () => this.#collect());
    });
  }

  #collect(): void {
    const uids = new Set(this.#store.all("nodes").map(({ metadata }) => metadata.uid));
    for (const resource of OWNED) {
      for (const object of this.#store.all(resource)) {
        const owners = object.metadata.ownerReferences ?? [];
        const isOrphan = owners.length > 0 && owners.every(({ uid }) => !uids.has(uid));
        if (isOrphan) this.#store.remove("garbage-collector", resource, storedKey(object));
      }
    }
  }
}
