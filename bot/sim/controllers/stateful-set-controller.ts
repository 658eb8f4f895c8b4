import { isDeepStrictEqual } from "node:util";
import { addClaim } from "../claims.ts";
import { counts, isControlledBy, keyOf, referenceTo, type Stored } from "../objects.ts";
import { graceOf, isFinished, isReady, isTerminating, podFrom, withClaims } from "../pods.ts";
import { removePod } from "../removal.ts";
import { at, list, nameOf } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { podTemplate } from "./pod-template-of.ts";

const ACTOR = "stateful-set-controller";

/** Pods NAME-0, NAME-1, …: in order, each under its name again once the pod that had it is gone (pkg/controller/statefulset). */
export class StatefulSetController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    new Loop(parts, () => this.#reconcile()).on("statefulsets", "pods");
  }

  #reconcile(): void {
    for (const set of this.#parts.store.all("statefulsets")) {
      this.#replace(set);
      this.#scale(set, Number(at(set, "spec", "replicas") ?? 1));
      this.#report(set);
    }
  }

  /** What has finished by itself gives its name free. */
  #replace(set: Stored): void {
    const { store, clock } = this.#parts;
    for (const pod of this.#podsOf(set)) {
      if (isFinished(pod) && !isTerminating(pod))
        removePod(store, pod, { actor: ACTOR, now: clock.now(), graceSeconds: 0 });
    }
  }

  #scale(set: Stored, wanted: number): void {
    for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
      const pod = this.#podAt(set, ordinal);
      if (pod === undefined) this.#addPod(set, ordinal);
      // The next one waits until this one serves.
      if (pod === undefined || isTerminating(pod) || !isReady(pod)) return;
    }
    const { store, clock } = this.#parts;
    const [last] = this.#podsOf(set)
      .map((pod) => ({ pod, ordinal: Number(nameOf(pod).split("-").at(-1)) }))
      .filter(({ ordinal }) => ordinal >= wanted)
      .sort((a, b) => b.ordinal - a.ordinal);
    if (last !== undefined)
      removePod(store, last.pod, { actor: ACTOR, now: clock.now(), graceSeconds: graceOf(last.pod) });
  }

  #podsOf(set: Stored): readonly Stored[] {
    return this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, set));
  }

  #podAt({ metadata }: Stored, ordinal: number): Stored | undefined {
    return this.#parts.store.get("pods", keyOf(metadata.namespace, `${metadata.name}-${ordinal}`));
  }

  #addPod(set: Stored, ordinal: number): void {
    const { store } = this.#parts;
    const { namespace = "" } = set.metadata;
    const name = `${set.metadata.name}-${ordinal}`;
    const claims = list(at(set, "spec", "volumeClaimTemplates")).map((claim) => `${nameOf(claim)}-${name}`);
    for (const claim of claims) addClaim(store, ACTOR, { namespace, name: claim });
    store.put(
      ACTOR,
      "pods",
      withClaims(podFrom(podTemplate(set), { namespace, name, owner: referenceTo(set) }), claims),
    );
  }

  #report(set: Stored): void {
    const pods = this.#podsOf(set);
    const ready = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
    const observedGeneration = set.metadata.generation ?? 1;
    const all = { replicas: pods.length, ...counts({ observedGeneration, readyReplicas: ready }) };
    const status = { ...all, availableReplicas: ready };
    if (!isDeepStrictEqual(status, set.status)) this.#parts.store.put(ACTOR, "statefulsets", { ...set, status });
  }
}
