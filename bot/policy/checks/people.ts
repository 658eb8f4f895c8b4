import { type Draft, goodOf, type Names, type Part } from "../draft.ts";
import { didYouMean } from "../nearest.ts";
import type { Path, Say } from "../problem.ts";

/** Two people with one identity would let one person count as two. */
export function checkPeople({ people }: Draft, say: Say): void {
  const owners = new Map<string, string>();
  for (const [name, identities] of goodOf(people) ?? []) {
    const systems = [
      ["slack", identities.slack],
      ["kubernetes", identities.kubernetes],
    ] as const;
    if (systems.every(([, part]) => part.is === "absent"))
      say(["people", name], "must have slack or kubernetes; found neither");
    for (const [system, part] of systems) {
      const id = goodOf(part);
      if (id === undefined) continue;
      const owner = owners.get(`${system}:${id}`);
      if (owner === undefined) owners.set(`${system}:${id}`, name);
      else say(["people", name, system], `${id} is ${owner} already; one identity is one person`);
    }
  }
}

export function checkMembers({ groups, people, slack }: Draft, say: Say): void {
  const names = new Set(goodOf(people)?.keys());
  for (const [name, group] of goodOf(groups) ?? []) {
    const path: Path = ["groups", name, "people"];
    sayTwice(goodOf(group.people) ?? [], path, say);
    if (people.is === "malformed") continue;
    goodOf(group.people)?.forEach((person, index) => {
      if (person !== null && !names.has(person))
        say([...path, index], `${person} is not in people${didYouMean(person, [...names])}`);
    });
    sayTwice(goodOf(group.slackGroups) ?? [], ["groups", name, "slackGroups"], say);
    sayTwice(goodOf(group.kubernetesGroups) ?? [], ["groups", name, "kubernetesGroups"], say);
  }
  sayTwice(goodOf(slack.approvers) ?? [], ["slack", "approvers"], say);
  if (slack.approvers.is !== "absent" && goodOf(groups)?.has(APPROVERS))
    say(
      ["slack", "approvers"],
      `is short for a group named ${APPROVERS}, and groups has one of that name; keep one of the two`,
    );
}

/** Of one list; what is named twice is a slip. */
export function sayTwice(names: Names, path: Path, say: Say): void {
  const seen = new Set<string>();
  names.forEach((name, index) => {
    if (name !== null && seen.has(name)) say([...path, index], `${name} is named twice`);
    if (name !== null) seen.add(name);
  });
}

/** The group that slack.approvers is short for. */
export const APPROVERS = "approvers";

/** Who is in a group, as far as the file shows it. */
export interface Members {
  /** How many different people; null when they are not well-formed, or some are named in Slack or Kubernetes alone. */
  readonly count: number | null;
}

/** Null when the groups are not well-formed, so that nobody knows their names. */
export function membersOf({ groups, slack }: Draft): ReadonlyMap<string, Members> | null {
  if (groups.is === "malformed") return null;
  const members = new Map<string, Members>();
  for (const [name, group] of goodOf(groups) ?? []) {
    const isHere = [group.slackGroups, group.kubernetesGroups].every((part) => countOf(part) === 0);
    members.set(name, { count: isHere ? countOf(group.people) : null });
  }
  if (slack.approvers.is !== "absent" && !members.has(APPROVERS))
    members.set(APPROVERS, { count: countOf(slack.approvers) });
  return members;
}

/** How many different ones; null when some are malformed. */
function countOf(part: Part<Names>): number | null {
  if (part.is === "absent") return 0;
  const names = goodOf(part);
  return names === undefined || names.includes(null) ? null : new Set(names).size;
}
