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
  /** Beside `app`, which carries its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Keeps its pods off each other's nodes. */
  readonly hostPort?: number;
}

/** Deployments that keep their replicas, and a scheduler that binds pods to nodes; good enough for drains. */
export class Workloads {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #due = new Set<string>();
  /** Chosen and not bound yet, by the pod's uid. */
  readonly #assumed = new Map<string, string>();

  constructor(store: Store, clock: WorldClock, random: SeededRandom) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    store.onChange(({ resource }) => {
      if (resource === "pods" || resource === "deployments") this.#soon("replicas", () => this.#replicate());
      if (resource === "pods" || resource === "nodes") this.#soon("schedule", () => this.#schedule());
    });
  }

  deploy({ namespace, name, replicas, graceSeconds, onlyOn, labels, hostPort }: Deployment): void {
    const known = this.#store.get("deployments", keyOf(namespace, name));
    this.#store.put("people", "deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...known?.metadata, name, namespace, labels: { app: name } },
      spec: { replicas, graceSeconds, labels, hostPort, ...(onlyOn === undefined ? {} : { onlyOn }) },
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
    const labels = at(spec, "labels");
    const hostPort = at(spec, "hostPort");
    const pod = pendingPod({
      namespace: metadata.namespace ?? "",
      name: `${metadata.name}-${this.#random.uuid().slice(0, 5)}`,
      labels: { app: metadata.name, ...(typeof labels === "object" ? labels : {}) },
      owner: { kind: "ReplicaSet", name: metadata.name, uid: metadata.uid },
      graceSeconds: Number(at(spec, "graceSeconds") ?? 5),
    });
    const onlyOn = text(at(spec, "onlyOn"));
    const place = { hostPort, ...(onlyOn === "" ? {} : { onlyOn }) };
    this.#store.put("workloads", "pods", { ...pod, spec: { ...pod.spec, ...place } });
  }

  #schedule(): void {
    for (const pod of this.#store.all("pods")) {
      if (nodeOf(pod) !== "" || isTerminating(pod) || this.#assumed.has(pod.metadata.uid)) continue;
      const onlyOn = text(at(pod, "spec", "onlyOn"));
      const isFit = ({ metadata }: Stored): boolean =>
        (onlyOn === "" || onlyOn === metadata.name) && !this.#isPortTaken(pod, metadata.name);
      const fits = this.#store.all("nodes").filter((node) => isReady(node) && !isUnschedulable(node) && isFit(node));
      const node = this.#random.pick(fits);
      if (node !== undefined) this.#bindLater(pod, node.metadata.name);
    }
  }

  #isPortTaken(pod: Stored, node: string): boolean {
    const port = at(pod, "spec", "hostPort");
    const there = this.#store
      .all("pods")
      .filter((one) => (nodeOf(one) || this.#assumed.get(one.metadata.uid)) === node);
    return port !== undefined && there.some((one) => at(one, "spec", "hostPort") === port);
  }

  /** The choice rests on what the scheduler saw; a cordon written in between doesn't stop the binding. */
  #bindLater(pod: Stored, node: string): void {
    this.#assumed.set(pod.metadata.uid, node);
    this.#clock.after(this.#random.between(5, 150), () => {
      this.#assumed.delete(pod.metadata.uid);
      const current = this.#store.get("pods", storedKey(pod));
      if (current === undefined || current.metadata.uid !== pod.metadata.uid || nodeOf(current) !== "") return;
      this.#store.put("scheduler", "pods", bound(current, node));
    });
  }
}
