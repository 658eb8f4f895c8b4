import { effectOf } from "../effect/effect.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { aSnapshot, type Parts } from "./builders.ts";
import { fleetOf } from "./fleets.ts";
import { NOW } from "./now.ts";
import { aPolicy, aPool, aWindow } from "./policies.ts";

/** Two nodes of which none could go now, under the policies below. */
export const NODES = fleetOf(["a", "b"]);
/** One of them is a database. */
export const LABELLED = fleetOf(["a", "b"], { nodes: { a: { labels: { role: "db" } } } });

export const closedPool = (changes: Partial<Pool> = {}): Pool =>
  aPool({ windows: [aWindow("02:00", "03:00")], ...changes });
export const DB = closedPool({ name: "db", matchLabels: { role: "db" } });

/** A policy of one pool. */
export const onePool = (changes: Partial<Pool> = {}, top: Partial<Policy> = {}): Policy =>
  aPolicy({ pools: [closedPool(changes)], ...top });

export const warningsOf = (inForce: Policy | undefined, proposed: Policy, parts: Parts = NODES): readonly string[] =>
  effectOf(aSnapshot(parts), proposed, { inForce, now: NOW }).warnings;

/** A sentence, the policy in force, the proposed one, and the warnings; and the nodes, where they are not NODES. */
export type Row = readonly [string, Policy | undefined, Policy, readonly string[], Parts?];

export const asCase = ([says, inForce, proposed, warnings, parts = NODES]: Row) => ({
  ...{ says, inForce, proposed, warnings, parts },
});
