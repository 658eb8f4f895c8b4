import type { Standing } from "../decide/standing.ts";
import { budgetKey } from "../fleet/disruption-budget.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { EvictionAnswer } from "../fleet/snapshot.ts";

type Force = Standing["force"];

/** Whether a force names every budget that refused the pod: breaking one it doesn't name would be nobody's decision. */
export function mayForce(answer: EvictionAnswer | undefined, force: Force): boolean {
  if (answer === undefined || answer.kind === "wait" || answer.budgets.length === 0) return false;
  return answer.budgets.every((name) => force?.budgets.has(name) === true);
}

/** The disruption budgets that a force of these would break, as namespace/name, sorted. */
export function budgetsOf(refusals: readonly Refusal[]): readonly string[] {
  const names = refusals.filter(isOfBudgets).flatMap(({ budgets }) => budgets.map(budgetKey));
  return [...new Set(names)].sort();
}

/** The only refusals that a force can lift. */
export const isOfBudgets = ({ kind }: Refusal): boolean => kind === "budget" || kind === "several budgets";

export function isForced(refusal: Refusal, force: Force): boolean {
  const names = refusal.budgets.map(budgetKey);
  return isOfBudgets(refusal) && names.length > 0 && names.every((name) => force?.budgets.has(name) === true);
}
