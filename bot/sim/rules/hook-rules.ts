import { at, type Change, list, nameOf, text } from "./world.ts";

const NAMESPACE = "hooks";

/** Rule 13: a hook runs at most once an order, and what failed is not passed over. */
export class HookRules {
  readonly #broken: (rule: string) => void;
  readonly #made = new Set<string>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  see(change: Change): void {
    if (!change.actor.startsWith("bot")) return;
    if (change.resource === "jobs" && change.verb === "create") this.#seeJob(change.after);
    if (change.resource === "nodereboots") this.#seeOrder(change);
  }

  #seeJob(job: unknown): void {
    if (text(at(job, "metadata", "namespace")) !== NAMESPACE) return;
    const name = nameOf(job);
    if (this.#made.has(name)) this.#broken(`rule 13: hook Job ${name} was made twice`);
    this.#made.add(name);
  }

  /** The order is given only after each hook before it was seen to end. */
  #seeOrder({ before, after }: Change): void {
    const notAfter = (reboot: unknown): string => text(at(reboot, "status", "order", "notAfter"));
    if (notAfter(after) === "" || notAfter(before) !== "") return;
    const running = list(at(after, "status", "hooks")).filter((run) => text(at(run, "state")) === "running");
    if (running.length > 0) this.#broken(`rule 13: ${nameOf(after)} got its order while a hook was running`);
  }
}
