import { type NodeState, NodeView } from "./node-view.ts";
import type { Requester } from "./voters.ts";
import { at, type Change, list, nameOf, text, time } from "./world.ts";

/** A person's request with its judgement. */
export interface DecisionView {
  readonly verb: string;
  readonly by: Requester;
  readonly nodes: readonly string[];
  readonly isCounted: boolean;
  readonly judgedAt: number;
  readonly until: number;
  /** For a force: those that may be broken. */
  readonly budgets: readonly string[];
}

export interface SlotView {
  readonly node: string;
  readonly order: string;
}

/** The cluster as its objects show it now and showed it lately, by what the API server stores alone. */
export class ClusterView {
  readonly nodes = new Map<string, NodeView>();
  readonly decisions = new Map<string, DecisionView>();
  slots: readonly SlotView[] = [];
  #isPausedByHand = false;

  see(change: Change): void {
    const { resource, after, before } = change;
    const name = nameOf(after ?? before);
    if (resource === "nodes") this.node(name).seeNode(change);
    const pod = after ?? before;
    if (resource === "pods" && text(at(pod, "metadata", "labels", "component")) === "etcd")
      this.node(text(at(pod, "spec", "nodeName"))).seeEtcdPod(change);
    if (resource === "hostreports") this.node(name).seeReport(after);
    if (resource === "nodereboots") this.node(name).seeReboot(change);
    if (resource === "rebootfleets") this.#seeFleet(after);
    if (resource === "rebootdecisions" && after !== null) this.decisions.set(name, decisionOf(after));
  }

  node(name: string): NodeView {
    const known = this.nodes.get(name) ?? new NodeView(name);
    this.nodes.set(name, known);
    return known;
  }

  /** The nodes that exist, as they are now. */
  existing(): readonly { readonly view: NodeView; readonly state: NodeState }[] {
    return [...this.nodes.values()].flatMap((view) => {
      const state = view.states.now() ?? null;
      return state === null ? [] : [{ view, state }];
    });
  }

  holdsSlot(node: string): boolean {
    return this.slots.some((slot) => slot.node === node);
  }

  /** By hand, or by the newest counted decision about that. */
  isPaused(): boolean {
    if (this.#isPausedByHand) return true;
    const said = [...this.decisions.values()].filter(
      ({ verb, isCounted }) => isCounted && (verb === "pause" || verb === "resume"),
    );
    return said.toSorted((a, b) => a.judgedAt - b.judgedAt).at(-1)?.verb === "pause";
  }

  #seeFleet(fleet: unknown): void {
    this.slots = slotsOf(fleet);
    this.#isPausedByHand = typeof at(fleet, "spec", "paused") === "object" && at(fleet, "spec", "paused") !== null;
  }
}

export const slotsOf = (fleet: unknown): readonly SlotView[] =>
  list(at(fleet, "status", "slots")).map((slot) => ({ node: text(at(slot, "node")), order: text(at(slot, "order")) }));

function decisionOf(decision: unknown): DecisionView {
  const until = time(at(decision, "status", "validUntil"));
  return {
    verb: text(at(decision, "spec", "verb")),
    by: {
      system: text(at(decision, "spec", "by", "system")),
      id: text(at(decision, "spec", "by", "id")),
      groups: list(at(decision, "spec", "groups")).map(text),
    },
    nodes: list(at(decision, "spec", "targets")).map((target) => text(at(target, "node"))),
    isCounted: text(at(decision, "status", "outcome")) === "counted",
    judgedAt: time(at(decision, "status", "at")),
    until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
    budgets: list(at(decision, "status", "blockers")).map(text),
  };
}
