import { listed } from "../listed.ts";
import type { Amount, Policy, Pool } from "../policy/policy.ts";
import type { Hold } from "./hold.ts";

/** The node could go, but others use what maxRebooting allows. `users` says who: "abal-kuber01 (draining)". */
export function budget(policy: Policy, users: readonly string[]): Hold {
  const says = `It waits for a slot: ${users.length} of ${policy.maxRebooting} in use by ${listed(users)}.`;
  return { kind: "budget", says, until: null };
}

/** `users` says who is unavailable and why: "abal-kuber02, cordoned by someone else for 3 d". */
export function poolBudget(pool: Pool, limit: number, users: readonly string[]): Hold {
  const rule = `maxUnavailable ${formatAmount(pool.maxUnavailable)}`;
  const says = `Pool ${pool.name} may have ${limit} unavailable (${rule}), and has ${users.length}: ${users.slice(0, 4).join("; ")}${users.length > 4 ? ` and ${users.length - 4} more` : ""}.`;
  return { kind: "budget", says, until: null };
}

function formatAmount(amount: Amount): string {
  return amount.kind === "count" ? String(amount.count) : `${amount.percent}%`;
}
