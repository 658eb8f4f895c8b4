import type { BudgetPromise } from "../../fleet/disruption-budget.ts";

/**
 * How many of `pods` must stay ready. Shares are rounded up on both sides, as the disruption controller does
 * (pkg/controller/disruption, getExpectedPodCount).
 */
export function requiredOf(promise: BudgetPromise | null, pods: number): number {
  if (promise === null) return pods;
  const { kind, value } = promise;
  const amount = typeof value === "number" ? value : Math.ceil((Number.parseFloat(value) * pods) / 100);
  return kind === "minAvailable" ? amount : Math.max(0, pods - amount);
}

/** "wants 2 ready pods", "wants 100% of its pods ready", "lets no pod be unavailable". */
export function promiseText(promise: BudgetPromise | null): string {
  if (promise === null) return "says neither minAvailable nor maxUnavailable, so it lets nothing go,";
  const { kind, value } = promise;
  if (kind === "minAvailable")
    return typeof value === "number"
      ? `wants ${value} ready ${value === 1 ? "pod" : "pods"}`
      : `wants ${value} of its pods ready`;
  const isNone = Number.parseFloat(String(value)) === 0;
  if (isNone) return "lets no pod be unavailable";
  return `lets ${value} ${value === 1 ? "pod" : typeof value === "number" ? "pods" : "of its pods"} be unavailable`;
}

export const isShare = (promise: BudgetPromise | null): boolean => typeof promise?.value === "string";

/** How far more replicas are worth suggesting. */
const MORE_MOST = 20;

/** The least number of pods, more than `pods`, of which the promise spares one; null when none near does. */
export function enoughFor(promise: BudgetPromise | null, pods: number): number | null {
  for (let total = pods + 1; total <= pods + MORE_MOST; total += 1)
    if (total - requiredOf(promise, total) >= 1) return total;
  return null;
}
