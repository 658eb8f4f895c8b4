import { describeYield } from "../advance/yield-text.ts";
import { budgetsOf, isForced, isOfBudgets } from "../drain/force.ts";
import { verdictOf } from "../drain/preflight.ts";
import { budgetKey, type DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { BudgetReading, Refusal } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { wallClock } from "../instant.ts";
import { listed } from "../listed.ts";
import type { Situation } from "../situation.ts";
import { triesIn } from "../tries.ts";
import type { Hold } from "./hold.ts";

/** Lifted at its time, by a person, or as soon as nothing of what blocked the node stands in its way any more. */
export function backOff(situation: Situation): Hold | null {
  const { reboot, node, now, standing, policy } = situation;
  if (reboot === null || reboot.retryAt === null || now >= reboot.retryAt) return null;
  const outcomeAt = reboot.outcome?.at ?? 0;
  // What was said before the try began may not have it fail over and over, also while it counts still.
  if ((standing.retriedAt ?? 0) > outcomeAt || (standing.now?.at ?? 0) > outcomeAt) return null;
  const refused =
    reboot.outcome?.kind === "yielded" && reboot.outcome.why.kind === "blocked" ? reboot.outcome.why.refused : [];
  const wasBlocked = refused.length > 0;
  if (wasBlocked && isOver(refused, situation)) return null;
  const end = wallClock(reboot.retryAt, policy?.timeZone ?? "utc", now);
  const budgets = budgetsOf(refused);
  const cause = !wasBlocked
    ? `its last try ended early${whyText(reboot)}`
    : budgets.length === 0
      ? "pods that don't go blocked its drain"
      : `PDB ${listed(budgets)} blocked its drain`;
  const sooner = wasBlocked ? ", or as soon as that changes" : "";
  return { kind: "back-off", says: `${node.name} waits: ${cause}. Next try ${end}${sooner}.`, until: reboot.retryAt };
}

function whyText({ outcome }: NodeReboot): string {
  return outcome?.kind === "yielded" ? `: ${describeYield(outcome.why)}` : "";
}

/**
 * Only budgets stood in its way, and they don't any more; or waiting for a time is no use, as another hold says. A drain
 * closes budgets by what it evicts, and its uncordon opens them again: that alone is worth one more try in an opening, and
 * not one after the other, each with an outage of its own.
 */
function isOver(refused: readonly Refusal[], { blockers, standing, snapshot, reboot, opening }: Situation): boolean {
  const left = blockers.filter((refusal) => !isForced(refusal, standing.force));
  if (left.some((refusal) => verdictOf(refusal) === "can never be satisfied")) return true;
  if (left.length > 0 || !refused.every(isOfBudgets)) return false;
  const isFirst = reboot === null || triesIn(reboot, opening?.opens ?? null) < 2;
  return isFirst || standing.force !== null || refused.every(({ budgets }) => hasOtherTerms(budgets, snapshot.budgets));
}

/** One of the budgets is gone or was changed, or its workload was scaled. */
function hasOtherTerms(then: readonly BudgetReading[], now: ReadonlyMap<string, DisruptionBudget>): boolean {
  return then.some((reading) => {
    const budget = now.get(budgetKey(reading));
    return (["uid", "observedGeneration", "desiredHealthy", "expectedPods"] as const).some(
      (key) => budget?.[key] !== reading[key],
    );
  });
}
