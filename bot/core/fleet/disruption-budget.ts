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
}

/** A budget whose newest spec the controller has judged; the numbers of any other are out of date. */
function isJudged(budget: DisruptionBudget): boolean {
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

/** True when each of the budgets is gone or would, as last judged, allow one eviction now. */
export function allAllow(names: readonly string[], budgets: ReadonlyMap<string, DisruptionBudget>): boolean {
  return names.every((name) => {
    const budget = budgets.get(name);
    return budget === undefined || (isJudged(budget) && budget.disruptionsAllowed > 0);
  });
}
