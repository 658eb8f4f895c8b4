import type { DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Evidence } from "../fleet/workload.ts";
import { anEvidence, covering, ofDeployment } from "./evidence.ts";
import { aBudget, aPod } from "./pods.ts";

export const pods = (count: number, changes: Partial<Pod> = {}): readonly Pod[] =>
  Array.from({ length: count }, (_, index) => aPod({ name: `web-${index + 1}`, ...changes }));

/** A budget in the state that the disruption controller would give it while `healthy` of `expected` pods are ready. */
export const budgetOf = (
  promise: DisruptionBudget["promise"],
  [healthy, expected, desired]: readonly [number, number, number],
  changes: Partial<DisruptionBudget> = {},
): DisruptionBudget =>
  aBudget({ promise, currentHealthy: healthy, expectedPods: expected, desiredHealthy: desired, ...changes });

export const least = (value: number | string) => ({ kind: "minAvailable", value }) as const;
export const most = (value: number | string) => ({ kind: "maxUnavailable", value }) as const;

export const of = (count: number, promise: DisruptionBudget, changes: Partial<Evidence> = {}): Evidence => {
  const workload = ofDeployment({ replicas: count });
  const all = pods(count);
  const [pod = aPod()] = all;
  return anEvidence({ pod, workload, budgets: [promise], covered: covering(all, workload), siblings: all, ...changes });
};

export const patch = (spec: object, name = "web"): string =>
  `kubectl -n web patch pdb ${name} --type=merge -p '${JSON.stringify({ spec })}'`;
export const scale = (what: string, count: number): string => `kubectl -n web scale ${what} --replicas=${count}`;
