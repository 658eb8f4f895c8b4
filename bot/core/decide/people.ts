import type { Decision, Identity } from "../fleet/decision.ts";
import type { Group, Person, Policy } from "../policy/policy.ts";

/** Whom the policy's `people` links the identity to; null for one that is not linked. */
export function personBehind(policy: Pick<Policy, "people">, identity: Identity): Person | null {
  for (const person of policy.people.values()) {
    if (person[identity.system] === identity.id) return person;
  }
  return null;
}

/**
 * The one name under which an identity counts. Identities of two systems are the same person only where the policy's
 * `people` links them; an unlinked identity has a name of its own.
 */
export function personOf(policy: Pick<Policy, "people">, identity: Identity): string {
  return personBehind(policy, identity)?.name ?? `${identity.system}:${identity.id}`;
}

/** Someone who asks: one person, who acts by one identity and is in the groups that its system says. */
export interface Asker {
  readonly person: string;
  readonly system: Identity["system"];
  readonly groups: readonly string[];
}

export function askerOf(policy: Policy, { by, groups }: Pick<Decision, "by" | "groups">): Asker {
  return { person: personOf(policy, by), system: by.system, groups };
}

export function isMember(policy: Policy, groupName: string, { person, system, groups }: Asker): boolean {
  const group = policy.groups.get(groupName);
  if (group === undefined) return false;
  const ofSystem = system === "slack" ? group.slackGroups : group.kubernetesGroups;
  return group.people.includes(person) || ofSystem.some((name) => groups.includes(name));
}

/** Every user group of Slack that the policy gives something to. */
export function slackGroupsOf(policy: Policy | undefined): readonly string[] {
  return [...new Set([...(policy?.groups.values() ?? [])].flatMap(({ slackGroups }: Group) => slackGroups))].sort();
}

/** "Ask ana or ben." */
export function whomToAsk(policy: Policy, groupName: string): string {
  const group = policy.groups.get(groupName);
  const names = [
    ...(group?.people ?? []).map((person) => person.replace(/^slack:/, "Slack user ")),
    ...(group?.slackGroups ?? []).map((id) => `someone of Slack group ${id}`),
    ...(group?.kubernetesGroups ?? []).map((name) => `someone of Kubernetes group ${name}`),
  ];
  if (names.length === 0) return `Nobody is in ${groupName}.`;
  const shown = names.length <= 5 ? names : [...names.slice(0, 5), `${names.length - 5} others of ${groupName}`];
  return `Ask ${shown.join(" or ")}.`;
}
