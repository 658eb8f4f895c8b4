import type { Weighed } from "../effect.ts";
import { openingsAt } from "../openings.ts";

/** Pools whose nodes could never go, by their windows or by a freeze that covers all of them. */
export function neverOpens({ proposed, at }: Weighed): readonly string[] {
  return proposed.pools.flatMap((pool) => {
    if (pool.mode === "observe") return [];
    const openings = openingsAt({ policy: proposed, pool }, at);
    if (openings.kind !== "never") return [];
    const why = openings.freeze === null ? "" : `, all of it is frozen (${openings.freeze.name})`;
    return [`The window of ${pool.name} does not open within a year${why}.`];
  });
}
