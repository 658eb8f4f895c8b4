import { decide } from "../decide/decide.ts";
import type { Decision, Identity, Judgement } from "../fleet/decision.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { May, Policy, Pool } from "../policy/policy.ts";
import { aDecision, aJudgement, aReboot, aSnapshot, currentDigest, type Parts } from "./builders.ts";
import { NOW } from "./now.ts";
import { draining } from "./phases.ts";
import { aBudget, aRefusal } from "./pods.ts";
import { aPolicy, aPool } from "./policies.ts";

export const ana = { system: "slack", id: "U01AB" } as const;
export const ben = { system: "slack", id: "U02CD" } as const;
export const eve = { system: "slack", id: "U09ZZ" } as const;

const people = new Map([
  ["ana", { name: "ana", slack: "U01AB", kubernetes: "ana@example.com" }],
  ["ben", { name: "ben", slack: "U02CD", kubernetes: null }],
  ["eve", { name: "eve", slack: "U09ZZ", kubernetes: null }],
]);

export const policyOf = (changes: Partial<Pool> = {}, may: Partial<May> = {}): Policy =>
  aPolicy({ people, pools: [aPool({ mode: "approval", ...changes, may: { ...aPool().may, ...may } })] });

export const poolIn = (policy: Policy): Pool => policy.pools[0] ?? aPool();
export const policy = policyOf();
export const blocked = aReboot({ phase: draining({ refused: [aRefusal()] }), orders: 1 });
export const forcible: Parts = { reboots: [blocked], budgets: [aBudget()] };

export function judged(
  changes: Partial<Decision>,
  parts: Parts = {},
  options: { policy?: Policy | undefined; now?: number } = {},
): Judgement {
  const inForce = "policy" in options ? options.policy : policy;
  return decide(aDecision({ name: "asked", ...changes }), aSnapshot(parts), inForce, options.now ?? NOW);
}

/** The Slack identity under which one of them counts. */
export const identityOf = (person: string | null): Identity => (person === "ben" ? ben : person === "eve" ? eve : ana);

/** A decision made before, that counts under this policy. */
export const earlier = (verb: Decision["verb"], changes: Partial<Judgement> = {}, inForce = policy): Decision => {
  const bound = [{ node: "worker-1", digest: currentDigest({ pool: poolIn(inForce) }) }];
  const judgement = aJudgement({ at: NOW - MINUTE, validUntil: NOW + HOUR, bound, ...changes });
  return aDecision({ name: `${verb}-by-${judgement.person}`, verb, by: identityOf(judgement.person), judgement });
};

export const two = policyOf(
  {},
  {
    approve: { by: "operators", people: 2, validFor: HOUR },
    force: { by: "operators", people: 2, validFor: HOUR },
  },
);
