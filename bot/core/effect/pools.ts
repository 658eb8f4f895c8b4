import type { NodeName } from "../fleet/node.ts";
import type { Instant } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import type { NodeEffect } from "./effect.ts";
import { firstThatDiffers, type Openings } from "./openings.ts";

export interface PoolChange {
  readonly name: string;
  readonly kind: "kept" | "new" | "gone";
  /** Its nodes under the new policy; of one that is gone those that it has. */
  readonly nodes: readonly NodeName[];
  /** The first openings that differ; null where none do, or nothing is there to compare with. */
  readonly openings: { readonly before: Openings | null; readonly after: Openings | null } | null;
}

interface Compared {
  readonly proposed: Policy;
  readonly inForce: Policy | undefined;
  readonly now: Instant;
}

/** The new policy's pools in their order, and then those that it has no more. */
export function poolChanges(nodes: readonly NodeEffect[], compared: Compared): readonly PoolChange[] {
  const { proposed, inForce } = compared;
  const old = inForce?.pools.map(({ name }) => name) ?? [];
  const names = proposed.pools.map(({ name }) => name);
  const gone = old.filter((name) => !names.includes(name));
  const inPool = (name: string, side: "before" | "after"): readonly NodeName[] =>
    nodes.filter((one) => one[side]?.pool?.name === name).map(({ node }) => node);
  return [
    ...names.map(
      (name): PoolChange => ({
        name,
        kind: old.includes(name) ? "kept" : "new",
        nodes: inPool(name, "after"),
        openings: openingsOf(name, compared),
      }),
    ),
    ...gone.map((name): PoolChange => ({ name, kind: "gone", nodes: inPool(name, "before"), openings: null })),
  ];
}

function openingsOf(name: string, { proposed, inForce, now }: Compared): PoolChange["openings"] {
  const within = (policy: Policy | undefined) => {
    const pool = policy?.pools.find((one) => one.name === name);
    // Nodes that are only shown need no window.
    return policy === undefined || pool === undefined || pool.mode === "observe" ? null : { policy, pool };
  };
  return firstThatDiffers(within(inForce), within(proposed), now);
}
