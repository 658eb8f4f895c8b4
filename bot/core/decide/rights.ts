import type { NodeVerb } from "../fleet/decision.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { type Asker, isMember, whomToAsk } from "./people.ts";

/** A right that someone does not have: the verb that it is of, and the group that has it (null: nobody). */
export interface Lack {
  readonly verb: NodeVerb;
  readonly by: string | null;
}

const WHAT: Readonly<Record<NodeVerb, (pool: string) => string>> = {
  approve: (pool) => `approve ${pool}`,
  now: (pool) => `let ${pool} go now`,
  force: (pool) => `force ${pool}`,
  skip: (pool) => `skip ${pool}`,
  retry: (pool) => `retry ${pool}`,
  move: (pool) => `move pods of ${pool}`,
  reboot: (pool) => `have ${pool} rebooted`,
  adopt: (pool) => `let cordons in ${pool} be taken over`,
  keep: (pool) => `keep ${pool} cordoned`,
  release: (pool) => `release ${pool}`,
  withdraw: (pool) => `take decisions about ${pool} back`,
};

export const rightText = (verb: NodeVerb, pool: Pool): string => WHAT[verb](pool.name);

/** What someone lacks to give a decision about a node of the pool; null where they may. */
export function lackOf(verb: NodeVerb, pool: Pool, policy: Policy, asker: Asker): Lack | null {
  // To let a node go now is to approve it, too.
  if (verb === "now" && pool.mode === "approval") {
    const lack = lackOf("approve", pool, policy, asker);
    if (lack !== null) return lack;
  }
  const right = isOther(verb) ? pool.may.other : pool.may[verb];
  if (right !== null && isMember(policy, right.by, asker)) return null;
  return { verb, by: right?.by ?? null };
}

/** Why it is refused, and whom to ask instead. */
export function mayNot(verb: NodeVerb, pool: Pool, policy: Policy, asker: Asker): string | null {
  const lack = lackOf(verb, pool, policy, asker);
  if (lack === null) return null;
  const what = rightText(lack.verb, pool);
  if (lack.by === null) return `The policy lets nobody ${what}.`;
  return `Only ${lack.by} may ${what}. ${whomToAsk(policy, lack.by)}`;
}

/** The verbs that one right stands for (the policy's key may.other). */
function isOther(verb: NodeVerb): verb is Exclude<NodeVerb, "approve" | "now" | "force" | "skip"> {
  return verb !== "approve" && verb !== "now" && verb !== "force" && verb !== "skip";
}
