import type { Stored } from "../objects.ts";
import { at } from "../rules/world.ts";
import type { Store } from "../store.ts";
import { expectedScale } from "./expected-scale.ts";

export interface Demand {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/**
 * A number in minAvailable counts the pods there are; maxUnavailable and percents the replicas that are wanted. A text says
 * why that can't be worked out (pkg/controller/disruption, getExpectedPodCount).
 */
export function demandOf(store: Store, { spec }: Stored, pods: readonly Stored[]): Demand | string {
  const [minAvailable, maxUnavailable] = [at(spec, "minAvailable"), at(spec, "maxUnavailable")];
  if (maxUnavailable === undefined && typeof minAvailable === "number")
    return { expectedPods: pods.length, desiredHealthy: minAvailable };
  if (maxUnavailable === undefined && minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  const expectedPods = expectedScale(store, pods);
  if (typeof expectedPods === "string") return expectedPods;
  if (maxUnavailable === undefined) return { expectedPods, desiredHealthy: share(minAvailable, expectedPods) };
  return { expectedPods, desiredHealthy: Math.max(0, expectedPods - share(maxUnavailable, expectedPods)) };
}

/** Percents are rounded up for both. */
const share = (value: unknown, of: number): number =>
  typeof value === "number" ? value : Math.ceil((Number.parseFloat(String(value)) * of) / 100);
