import type { NodeName } from "../fleet/node.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Reach } from "../forecast/forecast.ts";
import type { Instant } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { type PoolPair, poolPairs } from "./pool-pairs.ts";
import { type PoolChange, poolChanges } from "./pools.ts";
import { type Shift, shiftOf } from "./shift.ts";
import { type Side, sidesOf, unreadGates } from "./side.ts";
import { type Voided, voidedOf } from "./voided.ts";
import { warningsOf } from "./warnings/ordered.ts";

export interface NodeEffect {
  readonly node: NodeName;
  /** Null where no policy is in force. */
  readonly before: Side | null;
  readonly after: Side;
  /** It is in another pool, or its pool is in another mode. */
  readonly isMoved: boolean;
  readonly shift: Shift | null;
  readonly voids: readonly Voided[];
}

/** What a policy would do to a cluster as it is at a moment, beside the one in force. */
export interface Effect extends Weighed {
  /** What is worth a reviewer's eye, as sentences, in the order of `warnings/ordered.ts`. */
  readonly warnings: readonly string[];
}

export interface Weighed {
  readonly proposed: Policy;
  readonly inForce: Policy | undefined;
  readonly at: Instant;
  /** In the order of their names. */
  readonly nodes: readonly NodeEffect[];
  /** Every pool of either policy. */
  readonly pools: readonly PoolChange[];
  readonly pairs: readonly PoolPair[];
  /** Gates that count as open here, since nobody has read them yet. */
  readonly unreadGates: readonly string[];
}

/** `limits` are the forecasts'; there are two. */
export function effectOf(
  snapshot: Snapshot,
  proposed: Policy,
  { inForce, now, limits = {} }: { inForce: Policy | undefined; now: Instant; limits?: Partial<Reach> },
): Effect {
  const looked = { snapshot, now, limits };
  const before = inForce === undefined ? null : sidesOf(inForce, inForce, looked);
  const after = sidesOf(proposed, inForce, looked);
  const nodes = [...after].map(([node, side]) => nodeEffect(node, before?.get(node) ?? null, side));
  const weighed = {
    proposed,
    inForce,
    at: now,
    nodes,
    pools: poolChanges(nodes, { proposed, inForce, now }),
    pairs: poolPairs(nodes, proposed, inForce),
    unreadGates: unreadGates(proposed, inForce),
  };
  return { ...weighed, warnings: warningsOf(weighed) };
}

function nodeEffect(node: NodeName, before: Side | null, after: Side): NodeEffect {
  if (before === null) return { node, before, after, isMoved: false, shift: null, voids: [] };
  const isMoved = before.pool?.name !== after.pool?.name || before.pool?.mode !== after.pool?.mode;
  const shift = shiftOf(before.forecast, after.forecast);
  return { node, before, after, isMoved, shift, voids: voidedOf(before, after) };
}
