import type { Pod } from "../fleet/pod.ts";
import type { DrainSettings, PodMatch, PodRule } from "../policy/policy.ts";

const USUAL: PodRule = {
  match: { namespace: null, matchLabels: {} },
  action: "evict",
  order: 0,
  before: null,
  atMost: null,
};

/** The first of drain.pods that matches; without one a pod is evicted, in order 0. */
export function ruleFor(pod: Pod, { pods }: Pick<DrainSettings, "pods">): PodRule {
  return pods.find(({ match }) => isMatch(match, pod)) ?? USUAL;
}

export function isMatch({ namespace, matchLabels }: PodMatch, pod: Pick<Pod, "namespace" | "labels">): boolean {
  if (namespace !== null && namespace !== pod.namespace) return false;
  return Object.entries(matchLabels).every(([key, value]) => pod.labels[key] === value);
}
