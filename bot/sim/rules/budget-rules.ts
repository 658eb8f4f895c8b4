import { at, type Change, list, nameOf, text } from "./world.ts";

/** Rule 6: a bot deletes a pod past its budget only under a counted force of its node. */
export class BudgetRules {
  readonly #broken: (rule: string) => void;
  readonly #budgets = new Map<string, unknown>();
  readonly #forced = new Map<string, ReadonlySet<string>>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  see({ resource, verb, actor, before, after }: Change): void {
    if (resource === "poddisruptionbudgets") this.#seeBudget(before, after);
    if (resource === "rebootdecisions") this.#seeDecision(after);
    if (resource === "pods" && verb === "delete" && actor.startsWith("bot")) this.#checkDelete(before);
  }

  #seeBudget(before: unknown, after: unknown): void {
    const key = `${text(at(after ?? before, "metadata", "namespace"))}/${nameOf(after ?? before)}`;
    if (after === null) this.#budgets.delete(key);
    else this.#budgets.set(key, after);
  }

  #seeDecision(decision: unknown): void {
    if (text(at(decision, "spec", "verb")) !== "force" || text(at(decision, "status", "outcome")) !== "counted") return;
    const budgets = list(at(decision, "status", "blockers")).map(text);
    for (const target of list(at(decision, "spec", "targets"))) {
      const node = text(at(target, "node"));
      this.#forced.set(node, new Set([...(this.#forced.get(node) ?? []), ...budgets]));
    }
  }

  #checkDelete(pod: unknown): void {
    const node = text(at(pod, "spec", "nodeName"));
    for (const [key, budget] of this.#budgets) {
      if (!covers(budget, pod) || this.#forced.get(node)?.has(key)) continue;
      this.#broken(`rule 6: pod ${nameOf(pod)} on ${node} was deleted past PDB ${key} without a force`);
    }
  }
}

function covers(budget: unknown, pod: unknown): boolean {
  if (text(at(budget, "metadata", "namespace")) !== text(at(pod, "metadata", "namespace"))) return false;
  const labels = at(budget, "spec", "selector", "matchLabels");
  return Object.entries(labels ?? {}).every(([key, value]) => at(pod, "metadata", "labels", key) === value);
}
