import { type Stored, storedKey } from "../objects.ts";
import { bound, isUnschedulablePod, unschedulable } from "../pod-status.ts";
import { isReady, isTerminating, nodeOf } from "../pods.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { fits, scoreOf } from "./node-fit.ts";

/** Chooses a node for each pod that has none, by chance among the best, and binds it a moment later. */
export class Scheduler {
  readonly #parts: ControllerParts;
  /** Chosen and not bound yet, by the pod's uid. */
  readonly #assumed = new Map<string, string>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    new Loop(parts, () => this.#schedule()).on("pods", "nodes");
  }

  #schedule(): void {
    const { store, random } = this.#parts;
    for (const pod of store.all("pods")) {
      if (nodeOf(pod) !== "" || isTerminating(pod) || this.#assumed.has(pod.metadata.uid)) continue;
      const open = store.all("nodes").filter((node) => isReady(node) && fits(pod, node, this.#podsOn(node)));
      const best = Math.max(...open.map((node) => scoreOf(pod, node)));
      const node = random.pick(open.filter((one) => scoreOf(pod, one) === best));
      if (node !== undefined) this.#bindLater(pod, node.metadata.name);
      else if (!isUnschedulablePod(pod)) store.put("scheduler", "pods", unschedulable(pod));
    }
  }

  #podsOn({ metadata }: Stored): readonly Stored[] {
    return this.#parts.store
      .all("pods")
      .filter((pod) => (nodeOf(pod) || this.#assumed.get(pod.metadata.uid)) === metadata.name);
  }

  /** The choice rests on what the scheduler saw; a cordon written in between doesn't stop the binding. */
  #bindLater(pod: Stored, node: string): void {
    const { store, clock, random } = this.#parts;
    this.#assumed.set(pod.metadata.uid, node);
    clock.after(random.between(5, 150), () => {
      this.#assumed.delete(pod.metadata.uid);
      const current = store.get("pods", storedKey(pod));
      if (current === undefined || current.metadata.uid !== pod.metadata.uid || nodeOf(current) !== "") return;
      store.put("scheduler", "pods", bound(current, node));
    });
  }
}
