import type { Policy } from "../../core/policy/policy.ts";
import { escaped } from "./mrkdwn.ts";

/** More would crowd out what the card has to say. */
const MOST = 20;

/** The people of a group that Slack knows, as mentions. */
export function mentionsOf(policy: Policy, groupName: string | undefined): string {
  const people = policy.groups.get(groupName ?? "")?.people ?? [];
  const ids = people.flatMap((name) => policy.people.get(name)?.slack ?? []);
  const more = ids.length - MOST;
  const shown = ids.slice(0, MOST).map((id) => `<@${escaped(id)}>`);
  return [...shown, ...(more > 0 ? [`and ${more} more of ${escaped(groupName ?? "")}`] : [])].join(" ");
}

/** A person's Slack mention is noise in an edit, so a plain name stands for them. */
export const personName = (person: string): string => person.replace(/^(slack|kubernetes):/, "");
