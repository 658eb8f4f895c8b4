import { at, type Change, cordonedFor, isUnschedulable, list, nameOf, text } from "./world.ts";

export interface Limits {
  readonly maxRebooting: number;
  /** Longest time for which any node may hold a slot without being failed. */
  readonly slotMost: number;
}

/** Rules 1, 5 and 9: how much is taken, whose cordons stay, how long a slot may be held. */
export class FleetRules {
  readonly #limits: Limits;
  /** Whether a person let us take the cordon of someone over. */
  readonly #isAdopted: (node: string) => boolean;
  readonly #broken: (rule: string) => void;
  readonly #cordoned = new Set<string>();
  readonly #byOthers = new Set<string>();
  readonly #failed = new Set<string>();
  #slots = new Map<string, { readonly node: string; since: number }>();

  constructor(limits: Limits, isAdopted: (node: string) => boolean, broken: (rule: string) => void) {
    this.#limits = limits;
    this.#isAdopted = isAdopted;
    this.#broken = broken;
  }

  see(change: Change): void {
    if (change.resource === "nodes") this.#seeNode(change);
    if (change.resource === "rebootfleets") this.#seeFleet(change);
    if (change.resource === "nodereboots") this.#seeReboot(change);
    this.#checkTaken();
    this.#checkSlotTime(change.at);
  }

  /** Once the fleet is done no cordon of ours may be left but on a failed node. */
  atEnd(): void {
    for (const node of this.#cordoned) {
      if (!this.#failed.has(node)) this.#broken(`rule 5: ${node} was left cordoned by us`);
    }
  }

  #seeNode({ before, after, actor }: Change): void {
    const node = nameOf(after ?? before);
    const ours = after !== null && isUnschedulable(after) && cordonedFor(after) !== "";
    if (ours) this.#cordoned.add(node);
    else this.#cordoned.delete(node);
    const isOthers = after !== null && isUnschedulable(after) && cordonedFor(after) === "";
    if (this.#byOthers.has(node) && !isOthers && actor.startsWith("bot") && !this.#isAdopted(node)) {
      this.#broken(`rule 5: ${actor} touched the cordon that someone else put on ${node}`);
    }
    if (isOthers) this.#byOthers.add(node);
    else this.#byOthers.delete(node);
  }

  #seeFleet({ after, at: now }: Change): void {
    const slots = new Map<string, { node: string; since: number }>();
    for (const slot of list(at(after, "status", "slots"))) {
      const order = text(at(slot, "order"));
      slots.set(order, this.#slots.get(order) ?? { node: text(at(slot, "node")), since: now });
    }
    this.#slots = slots;
  }

  #seeReboot({ after, before, at: now }: Change): void {
    const node = nameOf(after ?? before);
    if (text(at(after, "status", "phase")) === "failed") this.#failed.add(node);
    else if (this.#failed.delete(node)) this.#beginAnew(node, now);
  }

  /** What failed may take as long as it takes people. */
  #beginAnew(node: string, now: number): void {
    for (const slot of this.#slots.values()) if (slot.node === node) slot.since = now;
  }

  #checkTaken(): void {
    const taken = new Set([...this.#cordoned, ...[...this.#slots.values()].map(({ node }) => node)]);
    if (taken.size <= this.#limits.maxRebooting) return;
    this.#broken(`rule 1: ${[...taken].join(", ")} are taken, and ${this.#limits.maxRebooting} may be`);
  }

  #checkSlotTime(now: number): void {
    for (const [order, { node, since }] of this.#slots) {
      if (now - since <= this.#limits.slotMost || this.#failed.has(node)) continue;
      this.#broken(`rule 9: ${node} has held its slot (order ${order}) for ${Math.round((now - since) / 60_000)} min`);
    }
  }
}
