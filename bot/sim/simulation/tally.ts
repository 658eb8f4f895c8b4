import { createHash } from "node:crypto";
import { formatInstant } from "../../core/instant.ts";
import type { Deed } from "../rules/deed-rules.ts";
import { at, type Change, list, nameOf, text } from "../rules/world.ts";
import type { WorkspaceEvent } from "../slack/workspace-news.ts";

export const TROUBLES = ["held", "gated", "yielded", "forced", "restarted", "hooked", "failed"] as const;
export type Trouble = (typeof TROUBLES)[number];

/**
 * A node that is newly held for what blocks it or by a gate, a drain that gives up, a pod deleted past its budget, a Deployment
 * restarted, a hook run, a reboot that failed.
 */
function troubleIn({ actor, resource, verb, before, after }: Change): Trouble | null {
  if (!actor.startsWith("bot")) return null;
  if (resource === "deployments" && verb === "update") return "restarted";
  if (resource === "pods" && verb === "delete") return "forced";
  if (resource === "jobs" && verb === "create" && text(at(after, "metadata", "namespace")) === "hooks") return "hooked";
  if (resource !== "nodereboots") return null;
  const becomes = (is: (record: unknown) => boolean): boolean => is(after) && !is(before);
  if (becomes((record) => text(at(record, "status", "phase")) === "yielding")) return "yielded";
  if (becomes((record) => text(at(record, "status", "phase")) === "failed")) return "failed";
  const isHeldBy = (kind: string) => (record: unknown) =>
    list(at(record, "status", "holds")).some((hold) => text(at(hold, "kind")) === kind);
  if (becomes(isHeldBy("gate"))) return "gated";
  return becomes(isHeldBy("would be blocked")) ? "held" : null;
}

const isOfSlack = ({ resource, verb, after }: Change): boolean =>
  resource === "rebootdecisions" && verb === "create" && text(at(after, "spec", "by", "system")) === "slack";

/** What people did in Slack, what was decided for them, and how often they were called. */
export interface SlackTally {
  deeds: number;
  decisions: number;
  calls: number;
}

/** Counts what happened, and hashes every write so that two runs can be compared. */
export class Tally {
  writes = 0;
  reboots = 0;
  /** How often each kind of trouble with a drain was met. */
  readonly met: Record<Trouble, number> = {
    held: 0,
    gated: 0,
    yielded: 0,
    forced: 0,
    restarted: 0,
    hooked: 0,
    failed: 0,
  };
  readonly slack: SlackTally = { deeds: 0, decisions: 0, calls: 0 };
  readonly #hash = createHash("sha256");
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #phases = new Map<string, string>();

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  see(change: Change): void {
    this.writes += 1;
    const trouble = troubleIn(change);
    if (trouble !== null) this.met[trouble] += 1;
    if (isOfSlack(change)) this.slack.decisions += 1;
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

  seeSlack(event: WorkspaceEvent): void {
    const { kind } = event;
    if (kind === "whispered") this.#said(`${kind} ${event.whisper.user}`, event.whisper.text);
    if (kind === "posted" || kind === "edited") this.#said(`${kind} ${event.message.ts}`, event.message.text);
    if (kind === "refused") this.#said(`${kind} ${event.method}`, event.error);
  }

  seeDeed({ at: now, user, verb, nodes, saw }: Deed): void {
    this.slack.deeds += 1;
    const sight = saw?.kind === "card" ? saw.ts : (saw?.kind ?? "");
    this.#onLine?.(`${formatInstant(now)} ${user}: asks ${verb} ${nodes?.join() ?? ""} ${sight}`);
  }

  #said(what: string, says: string): void {
    this.#hash.update(`${what} ${says}`);
    this.#onLine?.(`  slack ${what}: ${says.split("\n")[0] ?? ""}`);
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
