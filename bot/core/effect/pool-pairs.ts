import type { NodeName } from "../fleet/node.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import type { NodeEffect } from "./effect.ts";

/** A pool as it is for some nodes and as it would be for them: so a pool that is called otherwise hides nothing. */
export interface PoolPair {
  /** Null for nodes that are in no pool. */
  readonly before: Pool | null;
  readonly after: Pool;
  /** Empty where only a name says that the two belong together. */
  readonly nodes: readonly NodeName[];
}

/** In the order of the new policy's pools; none where there is nothing to compare with. */
export function poolPairs(
  nodes: readonly NodeEffect[],
  proposed: Policy,
  inForce: Policy | undefined,
): readonly PoolPair[] {
  if (inForce === undefined) return [];
  return proposed.pools.flatMap((after) => {
    const mine = nodes.filter((one) => one.after.pool?.name === after.name);
    const byPool = Map.groupBy(mine, ({ before }) => before?.pool ?? null);
    const pairs = [...byPool].map(([before, some]) => ({ before, after, nodes: some.map(({ node }) => node) }));
    const namesake = inForce.pools.find(({ name }) => name === after.name);
    return namesake === undefined || byPool.has(namesake) ? pairs : [...pairs, { before: namesake, after, nodes: [] }];
  });
}

/** "workers", or with what brings nodes from elsewhere: "workers (abal-kuber04, until now in spare)". */
export function pairName({ before, after, nodes }: PoolPair, shown: (nodes: readonly NodeName[]) => string): string {
  if (before?.name === after.name) return after.name;
  return `${after.name} (${shown(nodes)}, until now in ${before?.name ?? "no pool"})`;
}
