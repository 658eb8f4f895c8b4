import type { Pod } from "../fleet/pod.ts";
import type { DrainSettings } from "../policy/policy.ts";
import { ruleFor } from "./rules.ts";

/**
 * The pods that leave first of those that are still there: by the rules' order, and in it those that are not
 * system-critical before those that are (as Karpenter's terminator). The next tier waits until these are gone.
 */
export function firstTier(pods: readonly Pod[], drain: DrainSettings): readonly Pod[] {
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, drain) }));
  const first = ranked.reduce((least, { rank }) => (isBefore(rank, least) ? rank : least), LAST);
  return ranked.filter(({ rank }) => !isBefore(first, rank)).map(({ pod }) => pod);
}

type Rank = readonly [order: number, critical: number];

const LAST: Rank = [Number.POSITIVE_INFINITY, 1];

function rankOf(pod: Pod, drain: DrainSettings): Rank {
  return [ruleFor(pod, drain).order, pod.isCritical ? 1 : 0];
}

const isBefore = ([order, critical]: Rank, [than, thanCritical]: Rank): boolean =>
  order < than || (order === than && critical < thanCritical);
