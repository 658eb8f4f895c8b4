import { isDeepStrictEqual } from "node:util";
import { controllerOf, counts, isControlledBy, referenceTo, type Stored } from "../objects.ts";
import { graceOf, isActive, isReady, nodeOf, phaseOf, podFrom } from "../pods.ts";
import { removePod } from "../removal.ts";
import { at } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { podTemplate } from "./pod-template-of.ts";

const ACTOR = "replica-set-controller";
const PHASES: readonly string[] = ["Pending", "Unknown", "Running"];

/** Keeps as many pods of each ReplicaSet as it wants (pkg/controller/replicaset). */
export class ReplicaSetController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    new Loop(parts, () => this.#reconcile()).on("replicasets", "pods");
  }

  #reconcile(): void {
    for (const set of this.#parts.store.all("replicasets")) {
      const active = this.#podsOf(set);
      const wanted = Number(at(set, "spec", "replicas") ?? 1);
      for (let missing = wanted - active.length; missing > 0; missing -= 1) this.#addPod(set);
      if (active.length > wanted) this.#removeSome(set, active, active.length - wanted);
      this.#report(set);
    }
  }

  #podsOf(set: Stored): readonly Stored[] {
    return this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, set) && isActive(pod));
  }

  #addPod(set: Stored): void {
    const { store, random } = this.#parts;
    const { name, namespace = "" } = set.metadata;
    const place = { namespace, name: `${name}-${random.uuid().slice(0, 5)}`, owner: referenceTo(set) };
    store.put(ACTOR, "pods", podFrom(podTemplate(set), place));
  }

  #removeSome(set: Stored, active: readonly Stored[], count: number): void {
    const { store, clock } = this.#parts;
    const crowded = this.#perNode(set);
    const ranked = [...active].sort((a, b) => compare(rankOf(a, crowded), rankOf(b, crowded)));
    for (const pod of ranked.slice(0, count))
      removePod(store, pod, { actor: ACTOR, now: clock.now(), graceSeconds: graceOf(pod) });
  }

  /** How many pods of the set's whole Deployment each node has. */
  #perNode(set: Stored): ReadonlyMap<string, number> {
    const { store } = this.#parts;
    const above = controllerOf(set)?.uid ?? "";
    const family = store.all("replicasets").filter((other) => other === set || controllerOf(other)?.uid === above);
    const crowded = new Map<string, number>();
    for (const pod of family.flatMap((one) => this.#podsOf(one)))
      crowded.set(nodeOf(pod), (crowded.get(nodeOf(pod)) ?? 0) + 1);
    return crowded;
  }

  #report(set: Stored): void {
    const active = this.#podsOf(set);
    const ready = active.filter(isReady).length;
    const observedGeneration = set.metadata.generation ?? 1;
    const all = { replicas: active.length, fullyLabeledReplicas: active.length, readyReplicas: ready };
    const status = { replicas: 0, ...counts({ observedGeneration, ...all, availableReplicas: ready }) };
    if (!isDeepStrictEqual(status, set.status)) this.#parts.store.put(ACTOR, "replicasets", { ...set, status });
  }
}

/** The lower goes first: unbound, pending, not ready, on the more crowded node, younger (ActivePodsWithRanks). */
function rankOf(pod: Stored, crowded: ReadonlyMap<string, number>): readonly number[] {
  return [
    nodeOf(pod) === "" ? 0 : 1,
    PHASES.indexOf(phaseOf(pod)),
    isReady(pod) ? 1 : 0,
    -(crowded.get(nodeOf(pod)) ?? 0),
    -Number(pod.metadata.creationTimestamp.replace(/\D/g, "")),
  ];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}
