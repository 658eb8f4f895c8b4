import type { PolicyStatus } from "../core/fleet/fleet.ts";
import type { Instant } from "../core/instant.ts";
import type { Policy } from "../core/policy/policy.ts";

/** Which policy is in force, and why a newer one is not. */
export function policyLine(
  policy: Policy | undefined,
  status: PolicyStatus | null,
  at: (instant: Instant) => string,
): string {
  const commit = policy?.commit == null ? "a file" : policy.commit.slice(0, 7);
  const inForce =
    policy === undefined ? "No policy is in force." : `By the policy of ${status?.source ?? "?"}, ${commit}.`;
  if (status === null || status.valid) return inForce;
  return `${inForce} Nothing newer is used since ${at(status.since)}: ${status.problems.join("; ")}`;
}
