import { createHash } from "node:crypto";
import { formatInstant } from "../../core/instant.ts";
import { at, type Change, list, nameOf, text } from "../rules/world.ts";

/** Counts what happened, and hashes every write so that two runs can be compared. */
export class Tally {
  writes = 0;
  reboots = 0;
  readonly #hash = createHash("sha256");
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #phases = new Map<string, string>();

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  see(change: Change): void {
    this.writes += 1;
    this.#hash.update(JSON.stringify([change.at, change.actor, change.verb, change.resource, change.after]));
    if (this.#onLine === undefined) return;
    const line = this.#lineOf(change);
    if (line !== null) this.#onLine(`${formatInstant(change.at)} ${line}`);
  }

  reboot({ at: now, node }: { at: number; node: string }): void {
    this.reboots += 1;
    this.#hash.update(`reboot ${now} ${node}`);
    this.#onLine?.(`${formatInstant(now)} host ${node}: its agent calls the reboot`);
  }

  fingerprint(): string {
    return this.#hash.copy().digest("hex").slice(0, 16);
  }

  #lineOf({ actor, resource, verb, after, before }: Change): string | null {
    const name = nameOf(after ?? before);
    if (resource === "nodereboots") {
      const says = text(at(list(at(after, "status", "history")).at(-1), "says"));
      const phase = `${text(at(after, "status", "phase"))} ${says}`;
      if (this.#phases.get(name) === phase) return null;
      this.#phases.set(name, phase);
      return `${actor}: ${name} ${phase}`;
    }
    if (resource === "rebootfleets") {
      const slots = list(at(after, "status", "slots")).map(
        (slot) => `${text(at(slot, "node"))} ${text(at(slot, "order"))}`,
      );
      return `${actor}: slots [${slots.join(", ")}]`;
    }
    if (resource === "nodes" && JSON.stringify(at(before, "spec")) !== JSON.stringify(at(after, "spec"))) {
      return `${actor}: ${name} ${verb} spec ${JSON.stringify(at(after, "spec"))}`;
    }
    if (resource === "rebootdecisions") {
      const spec = [text(at(after, "spec", "verb")), text(at(list(at(after, "spec", "targets"))[0], "node"))].join(" ");
      return `${actor}: decision ${spec} ${text(at(after, "status", "says"))}`;
    }
    return null;
  }
}
