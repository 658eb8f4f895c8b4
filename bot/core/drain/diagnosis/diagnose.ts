import type { Diagnosis } from "../../fleet/diagnosis.ts";
import type { DisruptionBudget } from "../../fleet/disruption-budget.ts";
import type { Evidence } from "../../fleet/workload.ts";
import type { Told } from "../ruled-out.ts";
import { type Facts, factsOf, nameOf } from "./facts.ts";
import { moveOf } from "./movable.ts";
import { neverEnough, notComputed } from "./never.ts";
import { ofOperator } from "./operators.ts";
import { brokenItself, noRoom, othersBroken, starting, unexplained } from "./passing.ts";
import { severalBudgets } from "./several-budgets.ts";

/** The first that knows why explains it. */
const CHECKS: readonly ((facts: Facts) => Told | null)[] = [
  notComputed,
  ofOperator,
  brokenItself,
  neverEnough,
  noRoom,
  othersBroken,
  starting,
];

/** Why the API server let the pod not go, whether waiting helps, and what would. */
export function diagnose(evidence: Evidence): Diagnosis {
  const { workload } = evidence;
  const owner = workload.kind === "none" ? null : `${workload.owner.kind} ${workload.owner.name}`;
  return { ...toldOf(evidence), owner, move: moveOf(evidence) };
}

function toldOf(evidence: Evidence): Told {
  const alone = (budget: DisruptionBudget): Told => ofOneBudget({ ...evidence, budgets: [budget] }, budget);
  const several = severalBudgets(evidence, alone);
  if (several !== null) return several;
  const [budget] = evidence.budgets;
  if (budget !== undefined) return alone(budget);
  const says = `The server refuses to evict ${nameOf(evidence.pod)}, and no budget that covers it can be read yet. It is asked again.`;
  return { verdict: "clears by itself", cause: "unknown", says, fixes: [] };
}

function ofOneBudget(evidence: Evidence, budget: DisruptionBudget): Told {
  const facts = factsOf(evidence, budget);
  for (const check of CHECKS) {
    const told = check(facts);
    if (told !== null) return told;
  }
  return unexplained(facts);
}
