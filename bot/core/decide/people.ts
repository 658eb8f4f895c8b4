import type { Identity } from "../fleet/decision.ts";
import type { Policy } from "../policy/policy.ts";

/**
 * The one name under which an identity counts. Identities of two systems are the same person only where the policy's
 * `people` links them; an unlinked identity is a person of its own.
 */
export function personOf(policy: Policy, identity: Identity): string {
  for (const person of policy.people.values()) {
    if (person[identity.system] === identity.id) return person.name;
  }
  return `${identity.system}:${identity.id}`;
}

export function isMember(policy: Policy, groupName: string, person: string): boolean {
  return policy.groups.get(groupName)?.people.includes(person) ?? false;
}

/** "Ask ana or ben." */
export function whomToAsk(policy: Policy, groupName: string): string {
  const people = policy.groups.get(groupName)?.people ?? [];
  if (people.length === 0) return `Nobody is in ${groupName}.`;
  return `Ask ${people.join(" or ")}.`;
}
