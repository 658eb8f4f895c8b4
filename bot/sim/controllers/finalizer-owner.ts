import { parseInstant, SECOND } from "../../core/instant.ts";
import { keyOf, type Stored, storedKey } from "../objects.ts";
import { habitsOf } from "../pod-template.ts";
import { isTerminating } from "../pods.ts";
import { letGo } from "../removal.ts";
import { at, nameOf, text } from "../rules/world.ts";
import type { ControllerParts } from "./loop.ts";

/** Whoever put finalizers onto pods: takes them away late, or never. */
export class FinalizerOwner {
  readonly #parts: ControllerParts;
  readonly #seen = new Set<string>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    parts.store.onChange(({ resource, after }) => {
      const pod = resource === "pods" ? parts.store.get("pods", keyOf(namespaceOf(after), nameOf(after))) : undefined;
      if (pod !== undefined) this.#see(pod);
    });
  }

  #see(pod: Stored): void {
    const { uid, deletionTimestamp, annotations } = pod.metadata;
    const after = habitsOf(annotations).finalizedAfterSeconds;
    if (after === undefined || !isTerminating(pod) || this.#seen.has(uid)) return;
    this.#seen.add(uid);
    const { store, clock } = this.#parts;
    const due = (parseInstant(deletionTimestamp) ?? clock.now()) + after * SECOND;
    clock.after(due - clock.now(), () => {
      const current = store.get("pods", storedKey(pod));
      if (current?.metadata.uid === uid) letGo(store, "finalizer-owner", current);
    });
  }
}

const namespaceOf = (object: unknown): string => text(at(object, "metadata", "namespace"));
