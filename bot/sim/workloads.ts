import type { WorldClock } from "./clock.ts";
import { keyOf, type Stored, storedKey } from "./objects.ts";
import { bound, isFinished, isReady, isTerminating, nodeOf, pendingPod } from "./pods.ts";
import type { SeededRandom } from "./random.ts";
import { at, isUnschedulable, text } from "./rules/world.ts";
import type { Store } from "./store.ts";

export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  readonly graceSeconds: number;
  /** The one node that its pods fit on; any when it is not given. */
  readonly onlyOn?: string;
}

/** Deployments that keep their replicas, and a scheduler that binds pods to nodes; good enough for drains. */
export class Workloads {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #due = new Set<string>();

  constructor(store: Store, clock: WorldClock, random: SeededRandom) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    store.onChange(({ resource }) => {
      if (resource === "pods" || resource === "deployments") this.#soon("replicas", () => this.#replicate());
      if (resource === "pods" || resource === "nodes") this.#soon("schedule", () => this.#schedule());
    });
  }

  deploy({ namespace, name, replicas, graceSeconds, onlyOn }: Deployment): void {
    const known = this.#store.get("deployments", keyOf(namespace, name));
    this.#store.put("people", "deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...known?.metadata, name, namespace, labels: { app: name } },
      spec: { replicas, graceSeconds, ...(onlyOn === undefined ? {} : { onlyOn }) },
    });
  }

  #soon(what: string, run: () => void): void {
    if (this.#due.has(what)) return;
    this.#due.add(what);
    this.#clock.after(this.#random.between(10, 200), () => {
      this.#due.delete(what);
      run();
    });
  }

  #replicate(): void {
    for (const deployment of this.#store.all("deployments")) {
      const wanted = Number(at(deployment, "spec", "replicas"));
      const active = this.#podsOf(deployment).filter((pod) => !isTerminating(pod) && !isFinished(pod));
      for (let missing = wanted - active.length; missing > 0; missing -= 1) this.#addPod(deployment);
      for (const pod of active.slice(wanted)) this.#store.remove("workloads", "pods", storedKey(pod));
    }
  }

  #podsOf({ metadata }: Stored): readonly Stored[] {
    return this.#store
      .all("pods")
      .filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
  }

  #addPod({ metadata, spec }: Stored): void {
    const pod = pendingPod({
      namespace: metadata.namespace ?? "",
      name: `${metadata.name}-${this.#random.uuid().slice(0, 5)}`,
      labels: { app: metadata.name },
      owner: { kind: "ReplicaSet", name: metadata.name, uid: metadata.uid },
      graceSeconds: Number(at(spec, "graceSeconds") ?? 5),
    });
    const onlyOn = text(at(spec, "onlyOn"));
    this.#store.put("workloads", "pods", onlyOn === "" ? pod : { ...pod, spec: { ...pod.spec, onlyOn } });
  }

  #schedule(): void {
    for (const pod of this.#store.all("pods")) {
      if (nodeOf(pod) !== "" || isTerminating(pod)) continue;
      const onlyOn = text(at(pod, "spec", "onlyOn"));
      const isFit = ({ metadata }: Stored): boolean => onlyOn === "" || onlyOn === metadata.name;
      const fits = this.#store.all("nodes").filter((node) => isReady(node) && !isUnschedulable(node) && isFit(node));
      const node = this.#random.pick(fits);
      if (node !== undefined) this.#bindLater(pod, node.metadata.name);
    }
  }

  /** The choice rests on what the scheduler saw; a cordon written in between doesn't stop the binding. */
  #bindLater(pod: Stored, node: string): void {
    this.#clock.after(this.#random.between(5, 150), () => {
      const current = this.#store.get("pods", storedKey(pod));
      if (current === undefined || current.metadata.uid !== pod.metadata.uid || nodeOf(current) !== "") return;
      this.#store.put("scheduler", "pods", bound(current, node));
    });
  }
}
