import type { Check } from "../fleet/check.ts";
import type { Verdict } from "../fleet/diagnosis.ts";
import { budgetKey, covers, type DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import { podsToDrain, type Sieve } from "./filter.ts";
import { fromAnswer, ofPolicy, readingOf } from "./refusal.ts";
import { aboutPod } from "./ruled-out.ts";

type Budgets = ReadonlyMap<string, DisruptionBudget>;

/** What a drain of the node would meet, by what the check saw. Empty: every pod may leave. */
export function preflight({ pods, answers, at }: Check, sieve: Sieve, budgets: Budgets): readonly Refusal[] {
  const leaving = podsToDrain(pods, sieve).filter(({ deletingSince }) => deletingSince === null);
  const found = leaving.flatMap((pod) => {
    const own = ofPolicy(pod, sieve);
    if (own !== null) return own.kind === "protected" ? [{ ...own, at }] : [];
    const answer = answers.get(pod.uid);
    return answer === undefined ? [] : [fromAnswer(pod, answer, budgets)];
  });
  const refused = new Set(found.map(({ podUid }) => podUid));
  const bare = leaving.filter(
    ({ uid, controller, finished, ready }) => controller === null && !finished && ready && !refused.has(uid),
  );
  if (bare.length === 0) return found;
  return [...found, ...[...budgets.values()].flatMap((budget) => beyondBudget(budget, bare, at))];
}

/**
 * A dry run asks for one pod at a time. What nobody makes again spends its budget for good, so of such pods only as many
 * as the budget allows now can ever leave.
 */
function beyondBudget(budget: DisruptionBudget, bare: readonly Pod[], at: number): readonly Refusal[] {
  const covered = bare.filter((pod) => covers(budget, pod));
  return covered.slice(Math.max(1, budget.disruptionsAllowed)).map((pod) => {
    const { namespace, name, disruptionsAllowed } = budget;
    const key = budgetKey(budget);
    const says = `PDB ${key} lets ${disruptionsAllowed} of its ${covered.length} pods here go, and nothing makes another in its place (they have no controller).`;
    const command = `kubectl -n ${namespace} delete pdb ${name}`;
    const fixes = [{ says: "run them under a Deployment, or remove the budget", command }];
    return {
      ...aboutPod(pod),
      kind: "budget" as const,
      budgets: [readingOf(budget)],
      message: "",
      diagnosis: {
        verdict: "can never be satisfied",
        cause: "no controller",
        says,
        fixes,
        owner: null,
        move: null,
      } as const,
      at,
    };
  });
}

/** Where nothing was found out, waiting may help. */
export const verdictOf = ({ diagnosis }: Refusal): Verdict => diagnosis?.verdict ?? "clears by itself";

/** The check as it would have been without these budgets: what if they were removed. */
export function withoutBudgets(check: Check, names: ReadonlySet<string>, budgets: Budgets): Check {
  const answers = [...check.answers].flatMap(([uid, answer]) => {
    const left = answer.budgets.filter((name) => !names.has(name));
    if (left.length === answer.budgets.length) return [[uid, answer] as const];
    const only = left.length === 1 ? budgets.get(left[0] ?? "") : undefined;
    // Without the other one a single budget is judged by its numbers.
    if (left.length === 0 || (only !== undefined && only.disruptionsAllowed > 0)) return [];
    const evidence = answer.evidence && {
      ...answer.evidence,
      budgets: answer.evidence.budgets.filter((budget) => !names.has(budgetKey(budget))),
    };
    const kind = left.length === 1 ? ("refused" as const) : answer.kind;
    return [[uid, { ...answer, kind, budgets: left, evidence }] as const];
  });
  return { ...check, answers: new Map(answers) };
}
