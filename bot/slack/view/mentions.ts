import type { Group, Policy } from "../../core/policy/policy.ts";
import type { Card } from "./card.ts";
import { clip, escaped } from "./mrkdwn.ts";

/** More would crowd out what the card has to say. */
const MOST = 20;

const SLACK_USER = /^slack:([UW][A-Z0-9]+)$/;

/** The groups' user groups and people that Slack knows, as mentions, each once. */
export function mentionsOf(policy: Policy, ...groupNames: readonly (string | null | undefined)[]): string {
  const names = [...new Set(groupNames.flatMap((name) => name ?? []))];
  const groups = names.flatMap((name) => policy.groups.get(name) ?? []);
  const all = [...new Set([...groups.flatMap(subteams), ...groups.flatMap((group) => peopleOf(policy, group))])];
  const more = all.length - MOST;
  return [...all.slice(0, MOST), ...(more > 0 ? [`and ${more} more of ${escaped(names.join(" and "))}`] : [])].join(
    " ",
  );
}

const subteams = ({ slackGroups }: Group): readonly string[] => slackGroups.map((id) => `<!subteam^${escaped(id)}>`);

function peopleOf(policy: Policy, { people }: Group): readonly string[] {
  return people.flatMap((name) => {
    const id = SLACK_USER.exec(name)?.[1] ?? policy.people.get(name)?.slack;
    return id == null ? [] : [`<@${escaped(id)}>`];
  });
}

/**
 * One person in a line, ready for mrkdwn. A plain name, since a mention is noise; but one whom the policy knows by nothing
 * but an ID would be unreadable without.
 */
export function personText(person: string): string {
  const id = SLACK_USER.exec(person)?.[1];
  return id === undefined ? clip(escaped(person.replace(/^(slack|kubernetes):/, "")), 100) : `<@${id}>`;
}

const MENTION = /<@([UW][A-Z0-9]+)>/g;

/** The same card without a person called in it. */
export const callingNobody = (card: Card): Card => ({
  ...card,
  text: card.text.replace(MENTION, "@$1"),
  blocks: card.blocks.map((block) => Object.fromEntries(Object.entries(block).map(([key, part]) => [key, calm(part)]))),
});

function calm(part: unknown): unknown {
  if (typeof part === "string") return part.replace(MENTION, "@$1");
  if (Array.isArray(part)) return part.map(calm);
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, calm(inner)]));
}
