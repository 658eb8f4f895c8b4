import type { Standing } from "../decide/standing.ts";
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
  const names = refusals
    .filter(({ kind }) => kind === "budget" || kind === "several budgets")
    .flatMap(({ budgets }) => budgets.map(({ namespace, name }) => `${namespace}/${name}`));
  return [...new Set(names)].sort();
}

export function isForced({ kind, budgets }: Refusal, force: Force): boolean {
  const isBudget = kind === "budget" || kind === "several budgets";
  return (
    isBudget &&
    budgets.length > 0 &&
    budgets.every(({ namespace, name }) => force?.budgets.has(`${namespace}/${name}`) === true)
  );
}
