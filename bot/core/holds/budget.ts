import type { Policy } from "../policy/policy.ts";
import type { Hold } from "./hold.ts";

/** The node could go, but others use what maxRebooting allows. `users` says who: "abal-kuber01 (draining)". */
export function budget(policy: Policy, users: readonly string[]): Hold {
  const says = `It waits for a slot: ${users.length} of ${policy.maxRebooting} in use by ${users.join(", ")}.`;
  return { kind: "budget", says, until: null };
}
