import type { Json } from "../coordinator/ports.ts";
import type { NodeName } from "../core/fleet/node.ts";
import type { Pod } from "../core/fleet/pod.ts";
import type { PodRef } from "../core/step.ts";
import type { CallParts } from "./calls.ts";
import { type Reflector, reflect } from "./reflector.ts";
import { parsePod } from "./resources/pod.ts";
import type { Store } from "./store.ts";

/** The pods of one node, by field selector, from a list made after its cordon was answered. */
export class PodMirror {
  readonly #reflector: Reflector;
  readonly #listed: Promise<void>;
  #settle: () => void = () => {};

  constructor(parts: CallParts, store: Store, node: NodeName, order: string, stir: () => void) {
    const { api, clock, random, log } = parts;
    const early = new Map<string, Pod>();
    let isListed = false;
    this.#listed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const changed = (key: string, pod: Pod | null): void => {
      if (isListed) store.setPod(node, key, pod);
      else if (pod === null) early.delete(key);
      else early.set(key, pod);
      stir();
    };
    const synced = (): void => {
      isListed = true;
      store.showPods(node, order, early);
      this.#settle();
      stir();
    };
    const fieldSelector = `spec.nodeName=${node}`;
    const key = (pod: Pod): string => pod.uid;
    this.#reflector = reflect({
      api,
      clock,
      random,
      log,
      resource: "pods",
      fieldSelector,
      parse: parsePod,
      key,
      changed,
      synced,
    });
  }

  /** Also once it is stopped: who waits for its list must not wait for ever. */
  listed(): Promise<void> {
    return this.#listed;
  }

  put(object: Json): void {
    this.#reflector.put(object);
  }

  forget(pod: PodRef): void {
    this.#reflector.forget(`${pod.namespace}/${pod.name}`, pod.uid);
  }

  stop(): void {
    this.#reflector.stop();
    this.#settle();
  }
}
