import { type Instant, SECOND } from "../../core/instant.ts";
import { addClaim } from "../claims.ts";
import { isControlledBy, keyOf, referenceTo, type Stored, storedKey } from "../objects.ts";
import { isActive, isReady, isTerminating, nodeOf, podFrom, withClaims } from "../pods.ts";
import { at, isUnschedulable } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { podTemplate } from "./pod-template-of.ts";

const ACTOR = "operator";
export const CLUSTER_LABEL = "cnpg.io/cluster";
export const ROLE_LABEL = "cnpg.io/instanceRole";

/**
 * A database operator as CloudNativePG: instances under names of their own, one of them the primary, which a budget guards.
 * Some time after the primary's node was cordoned another instance takes over, and the old one may go.
 */
export class Operator {
  readonly #parts: ControllerParts;
  readonly #loop: Loop;
  readonly #cordonedAt = new Map<string, Instant>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#loop = new Loop(parts, () => this.#reconcile(), [200, 2_000]);
    this.#loop.on("clusters", "pods", "nodes");
  }

  #reconcile(): void {
    const { store, clock } = this.#parts;
    for (const { metadata, spec } of store.all("nodes")) {
      if (at(spec, "unschedulable") !== true) this.#cordonedAt.delete(metadata.name);
      else if (!this.#cordonedAt.has(metadata.name)) this.#cordonedAt.set(metadata.name, clock.now());
    }
    for (const cluster of store.all("clusters")) {
      this.#addInstances(cluster);
      this.#choosePrimary(cluster);
    }
  }

  #instancesOf(cluster: Stored): readonly Stored[] {
    return this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, cluster));
  }

  #addInstances(cluster: Stored): void {
    const { store } = this.#parts;
    const { namespace = "" } = cluster.metadata;
    for (let number = 1; number <= Number(at(cluster, "spec", "instances")); number += 1) {
      const name = `${cluster.metadata.name}-${number}`;
      if (store.get("pods", keyOf(namespace, name)) !== undefined) continue;
      addClaim(store, ACTOR, { namespace, name });
      const { metadata, spec } = podTemplate(cluster);
      const labels = { [CLUSTER_LABEL]: cluster.metadata.name, [ROLE_LABEL]: "replica" };
      const pod = podFrom(
        { metadata: { ...metadata, labels }, spec },
        { namespace, name, owner: referenceTo(cluster) },
      );
      store.put(ACTOR, "pods", withClaims(pod, [name]));
    }
  }

  #choosePrimary(cluster: Stored): void {
    const instances = this.#instancesOf(cluster);
    const primary = instances.find((pod) => roleOf(pod) === "primary" && !isTerminating(pod));
    const ready = instances.filter((pod) => isActive(pod) && isReady(pod) && pod !== primary);
    if (primary === undefined) {
      const [next] = ready;
      if (next !== undefined) this.#setRole(next, "primary");
      return;
    }
    const next = ready.find((pod) => !this.#isCordoned(nodeOf(pod)));
    if (next === undefined || !this.#isDue(cluster, nodeOf(primary))) return;
    this.#setRole(primary, "replica");
    this.#setRole(next, "primary");
  }

  #isCordoned(node: string): boolean {
    return isUnschedulable(this.#parts.store.get("nodes", node));
  }

  /** Without spec.switchOverSeconds it never switches over by itself. */
  #isDue(cluster: Stored, node: string): boolean {
    const seconds = at(cluster, "spec", "switchOverSeconds");
    const since = this.#cordonedAt.get(node);
    if (since === undefined || typeof seconds !== "number") return false;
    const due = since + seconds * SECOND;
    const { clock } = this.#parts;
    if (clock.now() < due) clock.after(due - clock.now(), () => this.#loop.wake());
    return clock.now() >= due;
  }

  #setRole(pod: Stored, role: string): void {
    const { store } = this.#parts;
    const current = store.get("pods", storedKey(pod)) ?? pod;
    const labels = { ...current.metadata.labels, [ROLE_LABEL]: role };
    store.put(ACTOR, "pods", { ...current, metadata: { ...current.metadata, labels } });
  }
}

const roleOf = ({ metadata }: Stored): string => metadata.labels?.[ROLE_LABEL] ?? "";
