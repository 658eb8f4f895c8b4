import { type LabelSelector, selects } from "./label-selector.ts";
import type { Pod } from "./pod.ts";

/** What a budget promises: a number of pods, or a share such as "50%". */
export interface BudgetPromise {
  readonly kind: "minAvailable" | "maxUnavailable";
  readonly value: number | string;
}

/** A PodDisruptionBudget as the disruption controller last judged it. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly disruptionsAllowed: number;
  /** Null selects nothing; the empty one every pod of the namespace. */
  readonly selector: LabelSelector | null;
  /** Null for one that says neither: the server takes it, and it lets nothing go. */
  readonly promise: BudgetPromise | null;
  readonly unhealthyPods: "IfHealthyBudget" | "AlwaysAllow";
  /** Why the controller could not work it out (condition DisruptionAllowed, reason SyncFailed). */
  readonly syncProblem: string | null;
}

export const budgetKey = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

export function covers({ namespace, selector }: DisruptionBudget, pod: Pick<Pod, "namespace" | "labels">): boolean {
  return namespace === pod.namespace && selector !== null && selects(selector, pod.labels);
}

/** The budgets that cover a pod, by their names; more than one is a misconfiguration. */
export function coveringBudgets(
  pod: Pick<Pod, "namespace" | "labels">,
  budgets: ReadonlyMap<string, DisruptionBudget>,
): readonly DisruptionBudget[] {
  const covering = [...budgets.values()].filter((budget) => covers(budget, pod));
  return covering.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A budget whose newest spec the controller has judged; the numbers of any other are out of date. */
export function isJudged(budget: DisruptionBudget): boolean {
  return budget.observedGeneration >= budget.generation;
}

/** Changes exactly when what the controller says of these budgets does. */
export function budgetsFingerprint(names: readonly string[], budgets: ReadonlyMap<string, DisruptionBudget>): string {
  return names
    .map((name) => {
      const budget = budgets.get(name);
      if (budget === undefined) return `${name} gone`;
      return [name, budget.uid, budget.observedGeneration, budget.desiredHealthy, budget.disruptionsAllowed].join(" ");
    })
    .join(", ");
}

/** Those that would, as last judged, allow no eviction now, by namespace. */
export function closedByNamespace(
  budgets: ReadonlyMap<string, DisruptionBudget>,
): ReadonlyMap<string, readonly DisruptionBudget[]> {
  const closed = [...budgets.values()].filter((budget) => !allAllow([budgetKey(budget)], budgets));
  return Map.groupBy(closed, ({ namespace }) => namespace);
}

/** True when each of the budgets is gone or would, as last judged, allow one eviction now. */
export function allAllow(names: readonly string[], budgets: ReadonlyMap<string, DisruptionBudget>): boolean {
  return names.every((name) => {
    const budget = budgets.get(name);
    return budget === undefined || (isJudged(budget) && budget.disruptionsAllowed > 0);
  });
}
