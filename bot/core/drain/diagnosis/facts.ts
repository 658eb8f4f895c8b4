import { budgetKey, type DisruptionBudget } from "../../fleet/disruption-budget.ts";
import type { Pod } from "../../fleet/pod.ts";
import type { Evidence, Workload } from "../../fleet/workload.ts";
import { requiredOf } from "./promise.ts";

/** What the checks look at: one pod, the one budget that refuses it, and what follows from both. */
export interface Facts {
  readonly evidence: Evidence;
  readonly pod: Pod;
  readonly budget: DisruptionBudget;
  readonly workload: Workload;
  /** Who makes the pods that the budget covers, each once; pods that nobody makes are one entry each. */
  readonly makers: readonly Workload[];
  /** How many pods those makers want to run; null where one of them doesn't say. */
  readonly wanted: number | null;
  /** Even with every wanted pod ready, the budget would allow no eviction. */
  readonly neverAllows: boolean;
}

export function factsOf(evidence: Evidence, budget: DisruptionBudget): Facts {
  const { pod, workload } = evidence;
  const makers = makersOf(evidence);
  const wanted = wantedBy(makers);
  const total = wanted ?? budget.expectedPods;
  const neverAllows = total - requiredOf(budget.promise, total) < 1;
  return { evidence, pod, budget, workload, makers, wanted, neverAllows };
}

function makersOf({ covered }: Evidence): readonly Workload[] {
  const byUid = new Map(covered.map(({ pod, workload }) => [uidOf(workload) ?? pod.uid, workload]));
  return [...byUid.values()];
}

const uidOf = (workload: Workload): string | null => (workload.kind === "none" ? null : workload.owner.uid);

function wantedBy(makers: readonly Workload[]): number | null {
  const counts = makers.map(replicasOf);
  return counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

/** Null where the maker doesn't say, as a Job or an operator's kind. */
export function replicasOf(workload: Workload): number | null {
  switch (workload.kind) {
    case "deployment":
      return workload.deployment.replicas;
    case "plain":
      return workload.replicas;
    case "operator":
      return null;
    case "none":
      return 1;
    default:
      return workload satisfies never;
  }
}

export const nameOf = (pod: Pick<Pod, "namespace" | "name">): string => `${pod.namespace}/${pod.name}`;

/** "PDB web/web": how people find it. */
export const pdb = (budget: DisruptionBudget): string => `PDB ${budgetKey(budget)}`;

/** "Deployment web"; for a pod that nobody makes its own name. */
export function makerText(workload: Workload, pod: Pod): string {
  return workload.kind === "none"
    ? `pod ${pod.name}, which has no controller,`
    : `${workload.owner.kind} ${workload.owner.name}`;
}

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
