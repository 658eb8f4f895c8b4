import type { PodsView } from "./pods-view.ts";
import { at, type Change, list, nameOf, text } from "./world.ts";

const WORKLOADS: ReadonlySet<string> = new Set(["deployments", "replicasets", "statefulsets", "daemonsets"]);
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/**
 * Rule 6: a bot deletes a pod past its budget only under a counted force of its node, or when the policy forces. Of a
 * workload it changes nothing but when it was restarted.
 */
export class BudgetRules {
  readonly #broken: (rule: string) => void;
  readonly #pods: PodsView;
  readonly #mayPolicy: (node: string, now: number) => boolean;
  readonly #forced = new Map<string, ReadonlySet<string>>();

  constructor(pods: PodsView, mayPolicy: (node: string, now: number) => boolean, broken: (rule: string) => void) {
    this.#pods = pods;
    this.#mayPolicy = mayPolicy;
    this.#broken = broken;
  }

  see({ resource, verb, actor, before, after, at: now }: Change): void {
    if (resource === "rebootdecisions") this.#seeDecision(after);
    if (!actor.startsWith("bot")) return;
    if (resource === "pods" && verb === "delete") this.#checkDelete(before, now);
    if (WORKLOADS.has(resource) && unrestarted(before) !== unrestarted(after))
      this.#broken(`rule 6: ${actor} changed the ${resource} ${nameOf(after ?? before)} beyond its restart`);
  }

  #seeDecision(decision: unknown): void {
    if (text(at(decision, "spec", "verb")) !== "force" || text(at(decision, "status", "outcome")) !== "counted") return;
    const budgets = list(at(decision, "status", "blockers")).map(text);
    for (const target of list(at(decision, "spec", "targets"))) {
      const node = text(at(target, "node"));
      this.#forced.set(node, new Set([...(this.#forced.get(node) ?? []), ...budgets]));
    }
  }

  #checkDelete(pod: unknown, now: number): void {
    const node = text(at(pod, "spec", "nodeName"));
    for (const key of this.#pods.covering(pod)) {
      if (this.#forced.get(node)?.has(key) || this.#mayPolicy(node, now)) continue;
      this.#broken(`rule 6: pod ${nameOf(pod)} on ${node} was deleted past PDB ${key} without a force`);
    }
  }
}

/** All that it wants, but for the restart; an annotation list that is empty without it is none. */
function unrestarted(workload: unknown): string {
  return JSON.stringify(at(workload, "spec") ?? null, (key, value) => {
    if (key !== "annotations") return value;
    const others = Object.entries(value ?? {}).filter(([name]) => name !== RESTARTED_AT);
    return others.length === 0 ? undefined : Object.fromEntries(others);
  });
}
