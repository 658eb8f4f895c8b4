import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../instant.ts";
import type { Policy, Pool } from "../../policy/policy.ts";
import { aFreeze, aGroup, aPolicy, aPool, aSnapshot, aWindow, NOW, type Parts } from "../../testing/builders.ts";
import { aFleetWith, fleetOf, orderOf, slot } from "../../testing/fleets.ts";
import { draining, rebooting } from "../../testing/phases.ts";
import { effectOf } from "../effect.ts";

/** Two nodes of which none could go now. */
const closed = [aWindow("02:00", "03:00")];
const NODES = fleetOf(["a", "b"]);
const pool = (changes: Partial<Pool> = {}): Pool => aPool({ windows: closed, ...changes });
const policyOf = (changes: Partial<Pool> = {}, top: Partial<Policy> = {}): Policy =>
  aPolicy({ pools: [pool(changes)], ...top });
const drain = (changes: Partial<Pool["drain"]>): Partial<Pool> => ({ drain: { ...pool().drain, ...changes } });
const may = (changes: Partial<Pool["may"]>): Partial<Pool> => ({ may: { ...pool().may, ...changes } });
const groups = new Map([
  ["operators", aGroup("operators", ["ana", "ben"])],
  ["leads", aGroup("leads", ["ana"])],
  ["all", aGroup("all", ["ana", "ben"], { slackGroups: ["S01OPS"], kubernetesGroups: ["platform"] })],
  ["unlinked", aGroup("unlinked", ["slack:U07ZZ"])],
]);
const by = (group: string, changes: Partial<Pool> = {}): Policy =>
  policyOf({ ...may({ force: { by: group, people: 1, validFor: HOUR } }), ...changes }, { groups });

const warningsOf = (inForce: Policy | undefined, proposed: Policy, parts: Parts = NODES): readonly string[] =>
  effectOf(aSnapshot(parts), proposed, { inForce, now: NOW }).warnings;

const hook = { name: "smoke test", cronJob: "ops/smoke", timeout: MINUTE, onNode: true, onFailure: "fail" } as const;
const rule = (changes: object) => ({
  ...{ match: { namespace: "db", matchLabels: { app: "postgres" } }, action: "evict", order: 0, before: null, atMost: null },
  ...changes,
}) as Pool["drain"]["pods"][number];
