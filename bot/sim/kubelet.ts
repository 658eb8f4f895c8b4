import { SECOND } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";
import { type Stored, stamp, storedKey } from "./objects.ts";
import { graceOf, isFinished, isReady, isTerminating, nodeOf, running, unready } from "./pods.ts";
import type { SeededRandom } from "./random.ts";
import { at, list } from "./rules/world.ts";
import type { Store } from "./store.ts";

/** The node controller waits this long for a heartbeat (--node-monitor-grace-period). */
const GRACE = 40 * SECOND;

/** One node's kubelet, and what the node controller says of the node while the kubelet is silent. */
export class Kubelet {
  readonly #store: Store;
  readonly #clock: WorldClock;
  readonly #random: SeededRandom;
  readonly #node: string;
  readonly #busy = new Set<string>();
  #isUp = false;
  #life = 0;

  constructor(store: Store, clock: WorldClock, random: SeededRandom, node: string) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#node = node;
    store.onChange(({ resource, after }) => {
      if (resource === "pods" && at(after, "spec", "nodeName") === node) this.#tend();
    });
  }

  start(bootId: string): void {
    this.#isUp = true;
    this.#life += 1;
    this.#report("True", bootId);
    this.#tend();
  }

  stop(): void {
    this.#isUp = false;
    this.#life += 1;
    const life = this.#life;
    this.#busy.clear();
    this.#clock.after(GRACE, () => {
      if (life !== this.#life) return;
      this.#report("Unknown", null);
      for (const pod of this.#pods()) if (isReady(pod)) this.#store.put("node-controller", "pods", unready(pod));
    });
  }

  #pods(): readonly Stored[] {
    return this.#store.all("pods").filter((pod) => nodeOf(pod) === this.#node);
  }

  #report(ready: string, bootId: string | null): void {
    const node = this.#store.get("nodes", this.#node);
    if (node === undefined) return;
    const all = list(at(node, "status", "conditions"));
    const known = all.find((condition) => at(condition, "type") === "Ready");
    const others = all.filter((condition) => condition !== known);
    const since = at(known, "status") === ready ? at(known, "lastTransitionTime") : stamp(this.#clock.now());
    const nodeInfo = bootId === null ? at(node, "status", "nodeInfo") : { bootID: bootId };
    const conditions = [...others, { type: "Ready", status: ready, lastTransitionTime: since }];
    this.#store.put(ready === "True" ? "kubelet" : "node-controller", "nodes", {
      ...node,
      status: { nodeInfo, conditions },
    });
  }

  #tend(): void {
    if (!this.#isUp) return;
    for (const pod of this.#pods()) {
      if (isTerminating(pod)) this.#later(pod, "end", this.#random.between(1, Math.max(1, graceOf(pod))) * SECOND);
      else if (!isReady(pod) && !isFinished(pod)) this.#later(pod, "run", this.#random.between(500, 3_000));
    }
  }

  #later(pod: Stored, what: "run" | "end", delay: number): void {
    const busy = `${what} ${pod.metadata.uid}`;
    if (this.#busy.has(busy)) return;
    this.#busy.add(busy);
    const life = this.#life;
    this.#clock.after(delay, () => {
      if (life !== this.#life) return;
      this.#busy.delete(busy);
      const current = this.#store.get("pods", storedKey(pod));
      if (current?.metadata.uid !== pod.metadata.uid) return;
      if (what === "end") this.#store.remove("kubelet", "pods", storedKey(pod));
      else if (!isTerminating(current)) this.#store.put("kubelet", "pods", running(current));
    });
  }
}
