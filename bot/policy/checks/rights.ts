import { RIGHT_DEFAULTS } from "../../core/policy/policy.ts";
import { type Draft, goodOf, goodOr, inForce, type Part, type Rights, type Verb } from "../draft.ts";
import { didYouMean } from "../nearest.ts";
import type { Path, Say } from "../problem.ts";
import { type Members, membersOf } from "./people.ts";

interface Use {
  readonly verb: Verb;
  readonly by: string;
  readonly people: number | undefined;
  readonly path: Path;
}

/** How many people a right takes that says no number. */
const USUAL_PEOPLE: Readonly<Record<Verb, number>> = {
  approve: RIGHT_DEFAULTS.approve.people,
  now: 1,
  force: RIGHT_DEFAULTS.force.people,
  skip: 1,
  other: 1,
};

/** Rights that nobody can use, and groups that nobody has. */
export function checkRights(draft: Draft, say: Say): void {
  const members = membersOf(draft);
  const uses = usesOf(draft);
  if (members !== null) {
    for (const use of uses) checkUse(use, members, say);
    checkEmptyGroups(uses, members, say);
    checkMention(draft, members, say);
  }
  draft.pools.forEach((_, index) => {
    checkApproval(draft, index, say);
  });
}

function usesOf({ defaults, pools }: Draft): readonly Use[] {
  return [
    ...usesIn(defaults.rights, ["defaults", "may"]),
    ...pools.flatMap(({ rights }, index) => usesIn(rights, ["pools", index, "may"])),
  ];
}

function usesIn(rights: Part<Rights>, path: Path): readonly Use[] {
  return [...(goodOf(rights) ?? [])].flatMap(([verb, part]) => {
    const right = goodOf(part);
    const by = right === undefined ? undefined : goodOf(right.by);
    if (right === undefined || by === undefined) return [];
    return [{ verb, by, people: goodOr(right.people, USUAL_PEOPLE[verb]), path: [...path, verb] }];
  });
}

function checkUse({ verb, by, people = 1, path }: Use, members: ReadonlyMap<string, Members>, say: Say): void {
  const group = members.get(by);
  if (group === undefined) {
    say([...path, "by"], `there is no group ${by}${didYouMean(by, [...members.keys()])}`);
    return;
  }
  // A group with nobody in it has its own message; where one person is enough, a number is an unknown key.
  const takesMany = verb === "approve" || verb === "force";
  if (!takesMany || group.count === null || group.count === 0 || group.count >= people) return;
  say([...path, "people"], `asks for ${people} people, and ${by} has ${group.count}`);
}

function checkEmptyGroups(uses: readonly Use[], members: ReadonlyMap<string, Members>, say: Say): void {
  for (const [name, { count }] of members) {
    const verbs = uses.filter(({ by }) => by === name).map(({ verb }) => verb);
    if (count !== 0 || verbs.length === 0) continue;
    say(["groups", name], `has nobody in it, and may: ${[...new Set(verbs)].join(", ")}`);
  }
}

function checkMention({ mention }: Draft, members: ReadonlyMap<string, Members>, say: Say): void {
  for (const [about, part] of Object.entries(mention)) {
    const name = goodOf(part);
    if (name !== undefined && !members.has(name))
      say(["slack", "mention", about], `there is no group ${name}${didYouMean(name, [...members.keys()])}`);
  }
}

function checkApproval(draft: Draft, index: number, say: Say): void {
  if (goodOr(inForce(draft, index, "mode").part, "approval") !== "approval") return;
  const { part } = inForce(draft, index, "rights");
  const isByApprovers = part.is === "absent" && draft.slack.approvers.is !== "absent";
  if (isByApprovers || part.is === "malformed") return;
  if ((goodOf(part)?.get("approve") ?? part).is !== "absent") return;
  const name = goodOf(draft.pools[index]?.name ?? { is: "absent" }) ?? "it";
  say(
    ["pools", index],
    `${name} needs approval (mode: approval), and nobody may give it; say may.approve, or mode: automatic`,
  );
}
