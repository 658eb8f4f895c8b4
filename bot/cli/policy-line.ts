import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { formatInstant, type Instant } from "../core/instant.ts";
import { originText, type PolicyOrigin } from "../core/policy/origin.ts";
import type { Policy } from "../core/policy/policy.ts";
import { pagesOf, underPolicy } from "../core/policy/under-policy.ts";

/** Which policy is in force, why a newer one is not, and where to see its commit. */
export function policyLines(
  policy: Policy | undefined,
  status: PolicyStatus | null,
  at: (instant: Instant) => string,
): readonly string[] {
  const newer =
    status === null || status.valid
      ? ""
      : ` Nothing newer is used since ${at(status.since)}: ${status.problems.join("; ")}`;
  if (policy === undefined) return [`No policy is in force.${newer}`];
  const { commit } = pagesOf(policy, underPolicy(policy));
  const inForce = `By the policy of ${status?.source ?? "?"}, ${originText(policy) ?? "a file"}.`;
  return [`${inForce}${newer}`, ...(commit === null ? [] : [`  ${commit}`])];
}

/** The shape is documented in docs/cli.md. */
export function originJson(origin: PolicyOrigin | undefined) {
  const { commit = null, subject = null, author = null, when = null, pull = null } = origin ?? {};
  const pages = pagesOf(origin, underPolicy(origin));
  return {
    commit,
    subject,
    author,
    when: when === null ? null : formatInstant(when),
    url: pages.commit,
    pull: pull && { number: pull.number, url: pages.pull },
  };
}
