import { isDeepStrictEqual } from "node:util";
import { asObject, counts, isControlledBy, referenceTo, type Stored, withSpec } from "../objects.ts";
import { isFinished } from "../pods.ts";
import { at, text } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { leewayOf, newestSize, oldSizes, type SetSize } from "./rollout.ts";
import { HASH_LABEL, templateHash, withHash } from "./template-hash.ts";

/** What the Deployment wanted when it last sized the set: another number is `kubectl scale`, no rollout. */
const DESIRED = "deployment.kubernetes.io/desired-replicas";
const ACTOR = "deployment-controller";

/** Brings each Deployment's ReplicaSets towards its template and its replicas, one size at a time (pkg/controller/deployment). */
export class DeploymentController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    new Loop(parts, () => this.#reconcile()).on("deployments", "replicasets", "pods");
  }

  #reconcile(): void {
    for (const deployment of this.#parts.store.all("deployments")) {
      const sets = this.#setsOf(deployment);
      if (!this.#isScaled(deployment, sets) && at(deployment, "spec", "paused") !== true)
        this.#rollOut(deployment, sets);
      this.#report(deployment);
    }
  }

  /** Oldest first. */
  #setsOf(deployment: Stored): readonly Stored[] {
    return this.#parts.store
      .all("replicasets")
      .filter((set) => isControlledBy(set, deployment))
      .sort(({ metadata: a }, { metadata: b }) =>
        a.creationTimestamp === b.creationTimestamp ? 0 : a.creationTimestamp < b.creationTimestamp ? -1 : 1,
      );
  }

  /** `kubectl scale` sizes what is there, and rolls out nothing; in the middle of a rollout the newest set takes it all. */
  #isScaled(deployment: Stored, sets: readonly Stored[]): boolean {
    const { wanted, maxSurge } = leewayOf(deployment.spec);
    const active = sets.filter((set) => sizeOf(set).replicas > 0);
    const isAnother = active.some((set) => set.metadata.annotations?.[DESIRED] !== String(wanted));
    if (!isAnother) return false;
    const target = active.find((set) => hashOf(set) === templateHash(deployment)) ?? active.at(-1);
    const others = active.filter((set) => set !== target);
    const room = wanted + (others.length > 0 ? maxSurge : 0) - total(others);
    if (target !== undefined) this.#resize(deployment, target, Math.max(0, Math.min(wanted, room)));
    for (const set of others) this.#resize(deployment, set, sizeOf(set).replicas);
    return true;
  }

  #rollOut(deployment: Stored, sets: readonly Stored[]): void {
    const hash = templateHash(deployment);
    const newest = sets.find((set) => hashOf(set) === hash);
    const old = sets.filter((set) => set !== newest);
    const leeway = leewayOf(deployment.spec);
    if (text(at(deployment, "spec", "strategy", "type")) === "Recreate") {
      this.#recreate(deployment, newest, old);
      return;
    }
    const size = newestSize(leeway, newest === undefined ? 0 : sizeOf(newest).replicas, old.map(sizeOf));
    if (newest === undefined) this.#addSet(deployment, hash, size);
    else if (size !== sizeOf(newest).replicas) this.#resize(deployment, newest, size);
    else {
      const sizes = oldSizes(leeway, sizeOf(newest), old.map(sizeOf));
      for (const [index, set] of old.entries()) this.#resize(deployment, set, sizes[index] ?? 0);
    }
  }

  /** Nothing of the old may run when the new begins. */
  #recreate(deployment: Stored, newest: Stored | undefined, old: readonly Stored[]): void {
    for (const set of old) this.#resize(deployment, set, 0);
    const isOldRunning = old.some((set) => this.#podsOf(set).some((pod) => !isFinished(pod)));
    if (isOldRunning) return;
    const { wanted } = leewayOf(deployment.spec);
    if (newest === undefined) this.#addSet(deployment, templateHash(deployment), wanted);
    else this.#resize(deployment, newest, wanted);
  }

  #podsOf(set: Stored): readonly Stored[] {
    return this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, set));
  }

  #addSet(deployment: Stored, hash: string, replicas: number): void {
    const { metadata } = deployment;
    const { selector, template } = withHash(deployment, hash);
    this.#parts.store.put(ACTOR, "replicasets", {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace ?? "",
        generation: 1,
        labels: { ...labelsOf(template) },
        annotations: { [DESIRED]: String(leewayOf(deployment.spec).wanted) },
        ownerReferences: [{ ...referenceTo(deployment), controller: true }],
      },
      spec: { replicas, selector, template },
    });
  }

  #resize(deployment: Stored, set: Stored, replicas: number): void {
    const desired = String(leewayOf(deployment.spec).wanted);
    const isSame = sizeOf(set).replicas === replicas;
    if (isSame && (replicas === 0 || set.metadata.annotations?.[DESIRED] === desired)) return;
    const sized = isSame ? set : withSpec(set, { ...asObject(set.spec), replicas });
    const annotations = { ...set.metadata.annotations, [DESIRED]: desired };
    this.#parts.store.put(ACTOR, "replicasets", { ...sized, metadata: { ...sized.metadata, annotations } });
  }

  #report(deployment: Stored): void {
    const sets = this.#setsOf(deployment);
    const newest = sets.filter((set) => hashOf(set) === templateHash(deployment));
    const over = (of: readonly Stored[], key: string): number =>
      of.reduce((sum, set) => sum + Number(at(set, "status", key) ?? 0), 0);
    const [replicas, availableReplicas] = [over(sets, "replicas"), over(sets, "availableReplicas")];
    const status = counts({
      observedGeneration: deployment.metadata.generation ?? 1,
      replicas,
      updatedReplicas: over(newest, "replicas"),
      readyReplicas: over(sets, "readyReplicas"),
      availableReplicas,
      unavailableReplicas: Math.max(0, total(sets) - availableReplicas),
    });
    if (!isDeepStrictEqual(status, deployment.status))
      this.#parts.store.put(ACTOR, "deployments", { ...deployment, status });
  }
}

const hashOf = (set: Stored): string => set.metadata.labels?.[HASH_LABEL] ?? "";

const sizeOf = (set: Stored): SetSize => ({
  replicas: Number(at(set, "spec", "replicas") ?? 1),
  available: Number(at(set, "status", "availableReplicas") ?? 0),
});

const total = (sets: readonly Stored[]): number => sets.reduce((sum, set) => sum + sizeOf(set).replicas, 0);

const labelsOf = (template: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(at(template, "metadata", "labels") ?? {}).map(([key, value]) => [key, text(value)]),
  );
