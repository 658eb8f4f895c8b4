import { budgetKey, type DisruptionBudget } from "../../fleet/disruption-budget.ts";
import type { Evidence } from "../../fleet/workload.ts";
import { listed } from "../../listed.ts";
import type { Told } from "../ruled-out.ts";
import { nameOf } from "./facts.ts";
import { removal } from "./fixes.ts";

/** The server refuses to evict a pod that two budgets cover, whatever they say: all but one must go. */
export function severalBudgets({ pod, budgets }: Evidence, alone: (budget: DisruptionBudget) => Told): Told | null {
  if (budgets.length < 2) return null;
  const kept = [...budgets].sort(byHowMuchIsAllowed)[0];
  if (kept === undefined) return null;
  const others = budgets.filter((budget) => budget !== kept);
  const says = `${budgets.length} budgets cover ${nameOf(pod)} (PDB ${listed(budgets.map(budgetKey))}), and Kubernetes evicts no pod that more than one covers. Waiting can't fix this.`;
  const without = others.map(removal).join(" && ");
  if (kept.disruptionsAllowed > 0)
    return told(says, [{ says: `leave only ${budgetKey(kept)}, which lets a pod go now`, command: without }]);
  const next = alone(kept);
  const then = next.fixes[0];
  return told(`${says} The one that is left would refuse it, too: ${next.says}`, [
    then === undefined
      ? { says: `leave only ${budgetKey(kept)}`, command: without }
      : { says: `leave only ${budgetKey(kept)}, and ${then.says}`, command: `${without} && ${then.command}` },
  ]);
}

const told = (says: string, fixes: Told["fixes"]): Told => ({
  verdict: "can never be satisfied",
  cause: "two budgets",
  says,
  fixes,
});

const byHowMuchIsAllowed = (a: DisruptionBudget, b: DisruptionBudget): number =>
  b.disruptionsAllowed - a.disruptionsAllowed || (budgetKey(a) < budgetKey(b) ? -1 : 1);
