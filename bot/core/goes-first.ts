import { isOverdue } from "./overdue.ts";
import type { Policy, Pool } from "./policy/policy.ts";
import type { Recorded } from "./situation.ts";
import { triesIn } from "./tries.ts";

/** Fewest tries in this opening; past its deadline; the pools' order; longest pending; name (design, section 5). */
export function goesFirst(policy: Policy | undefined): (a: Recorded, b: Recorded) => number {
  const ranks = rankPools(policy?.pools ?? []);
  const keys = new Map<Recorded, readonly [number, number, number, number]>();
  const key = (situation: Recorded): readonly number[] => {
    const known = keys.get(situation);
    if (known !== undefined) return known;
    const made = [
      triesIn(situation.reboot, situation.opening?.opens ?? null),
      isOverdue(situation) ? 0 : 1,
      ranks.get(situation.pool?.name ?? "") ?? 0,
      situation.report?.pending?.since ?? 0,
    ] as const;
    keys.set(situation, made);
    return made;
  };
  return (a, b) => {
    const left = key(a);
    const right = key(b);
    const differs = left.findIndex((value, index) => value !== right[index]);
    if (differs !== -1) return (left[differs] ?? 0) - (right[differs] ?? 0);
    return a.node.name < b.node.name ? -1 : 1;
  };
}

/** A pool comes after those that its `after` lists, else in the order of the file. */
function rankPools(pools: readonly Pool[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const visit = (pool: Pool, above: readonly string[]): void => {
    if (ranks.has(pool.name) || above.includes(pool.name)) return;
    for (const name of pool.after) {
      const before = pools.find((one) => one.name === name);
      if (before !== undefined) visit(before, [...above, pool.name]);
    }
    ranks.set(pool.name, ranks.size);
  };
  for (const pool of pools) visit(pool, []);
  return ranks;
}
