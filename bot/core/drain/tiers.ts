import { isSelf } from "../fleet/bots.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Sieve } from "./filter.ts";
import { isOwn } from "./own-pods.ts";
import { ruleFor } from "./rules.ts";

/**
 * The pods that leave first of those that are still there: by the rules' order, and in it those that are not
 * system-critical before those that are (as Karpenter's terminator). The next tier waits until these are gone. Last of all
 * go the bot's own, and after them the one that it runs in itself.
 */
export function firstTier(pods: readonly Pod[], sieve: Sieve): readonly Pod[] {
  const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, sieve) }));
  const first = ranked.reduce((least, { rank }) => (isBefore(rank, least) ? rank : least), LAST);
  return ranked.filter(({ rank }) => !isBefore(first, rank)).map(({ pod }) => pod);
}

type Rank = readonly [own: number, order: number, critical: number];

const LAST: Rank = [2, 0, 0];

function rankOf(pod: Pod, { drain, snapshot }: Sieve): Rank {
  if (isOwn(pod, snapshot)) return [isSelf(pod, snapshot.bots) ? 2 : 1, 0, 0];
  return [0, ruleFor(pod, drain).order, pod.isCritical ? 1 : 0];
}

function isBefore(rank: Rank, than: Rank): boolean {
  const differs = rank.findIndex((value, index) => value !== than[index]);
  return differs >= 0 && (rank[differs] ?? 0) < (than[differs] ?? 0);
}
