import type { Policy } from "../../core/policy/policy.ts";

/** The people of a group that Slack knows, as mentions. */
export function mentionsOf(policy: Policy, groupName: string | undefined): string {
  const people = policy.groups.get(groupName ?? "")?.people ?? [];
  const ids = people.flatMap((name) => policy.people.get(name)?.slack ?? []);
  return ids.map((id) => `<@${id}>`).join(" ");
}

/** A person's Slack mention is noise in an edit, so a plain name stands for them. */
export const personName = (person: string): string => person.replace(/^(slack|kubernetes):/, "");
