import { listed } from "../../listed.ts";
import type { Pool } from "../../policy/policy.ts";
import type { Weighed } from "../effect.ts";
import { type PoolPair, pairName } from "../pool-pairs.ts";

/** What changes for a pool's nodes: both pools are known, and the pair itself for what depends on its nodes. */
type Find = (before: Pool, after: Pool, pair: PoolPair) => readonly string[];

/** "In workers, db: …": what is the same for several pools is said once. Each finding is a sentence without its end. */
export function inPools({ pairs }: Weighed, find: Find): readonly string[] {
  const found = pairs.flatMap((pair) =>
    pair.before === null
      ? []
      : find(pair.before, pair.after, pair).map((says) => ({ says, name: pairName(pair, listed) })),
  );
  const bySentence = Map.groupBy(found, ({ says }) => says);
  return [...bySentence].map(([says, some]) => `In ${listed(some.map(({ name }) => name))}: ${says}.`);
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
