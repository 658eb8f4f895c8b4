import type { PodsView } from "./pods-view.ts";
import { at, type Change, nameOf, text } from "./world.ts";

const WORKLOADS: ReadonlySet<string> = new Set(["deployments", "replicasets", "statefulsets", "daemonsets"]);
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** Whether people or the policy let this budget be broken for the node, as far as a bot could know at that time. */
type IsForced = (node: string, budget: string, at: number) => boolean;

/**
 * Rule 6: a bot deletes a pod past its budget only under a force of its node, or when the policy forces. Of a
 * workload it changes nothing but when it was restarted.
 */
export class BudgetRules {
  readonly #broken: (rule: string) => void;
  readonly #pods: PodsView;
  readonly #isForced: IsForced;

  constructor(pods: PodsView, isForced: IsForced, broken: (rule: string) => void) {
    this.#pods = pods;
    this.#isForced = isForced;
    this.#broken = broken;
  }

  see({ resource, verb, actor, before, after, decidedAt }: Change): void {
    if (!actor.startsWith("bot")) return;
    if (resource === "pods" && verb === "delete") this.#checkDelete(before, decidedAt);
    if (WORKLOADS.has(resource) && unrestarted(before) !== unrestarted(after))
      this.#broken(`rule 6: ${actor} changed the ${resource} ${nameOf(after ?? before)} beyond its restart`);
  }

  #checkDelete(pod: unknown, decidedAt: number): void {
    const node = text(at(pod, "spec", "nodeName"));
    for (const key of this.#pods.covering(pod)) {
      if (this.#isForced(node, key, decidedAt)) continue;
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
