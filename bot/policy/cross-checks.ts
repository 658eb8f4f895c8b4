import { IANAZone } from "luxon";
import { didYouMean } from "./known-keys.ts";
import type { Path } from "./problem.ts";
import type { WrittenPolicy, WrittenPool } from "./schema.ts";

export type Say = (path: Path, message: string) => void;

/** What no single key shows: names that nobody has, rights that nobody can use, pools that never get a node. */
export function crossCheck(policy: WrittenPolicy, say: Say): void {
  checkZone(policy, say);
  checkPeople(policy, say);
  checkGroups(policy, say);
  checkNames(policy, say);
  policy.pools.forEach((pool, index) => {
    checkRights(policy, pool, index, say);
    checkReach(policy, pool, index, say);
  });
}

function checkZone({ timeZone }: WrittenPolicy, say: Say): void {
  if (!IANAZone.isValidZone(timeZone))
    say(["timeZone"], `${timeZone} is no time zone; write an IANA name, such as America/Chicago`);
}

/** Two people with one identity would let one person count as two. */
function checkPeople({ people }: WrittenPolicy, say: Say): void {
  const owners = new Map<string, string>();
  for (const [name, identities] of Object.entries(people)) {
    if (identities.slack === undefined && identities.kubernetes === undefined)
      say(["people", name], "needs slack or kubernetes");
    for (const [system, id] of Object.entries(identities)) {
      const owner = owners.get(`${system}:${id}`);
      if (owner !== undefined) say(["people", name, system], `${id} is ${owner} already; one identity is one person`);
      owners.set(`${system}:${id}`, name);
    }
  }
}

function checkGroups({ groups, people }: WrittenPolicy, say: Say): void {
  for (const [name, group] of Object.entries(groups)) {
    group.people.forEach((person, index) => {
      const path = ["groups", name, "people", index];
      if (people[person] === undefined)
        say(path, `${person} is not in people.${didYouMean(person, Object.keys(people))}`);
      if (group.people.indexOf(person) !== index) say(path, `${person} is named twice`);
    });
  }
}

function checkNames({ pools }: WrittenPolicy, say: Say): void {
  pools.forEach(({ name }, index) => {
    if (pools.findIndex((pool) => pool.name === name) !== index)
      say(["pools", index, "name"], `another pool is named ${name}`);
  });
}

function checkRights(policy: WrittenPolicy, pool: WrittenPool, index: number, say: Say): void {
  for (const [verb, right] of Object.entries(pool.may)) {
    if (right === undefined) continue;
    const group = policy.groups[right.by];
    const path = ["pools", index, "may", verb];
    if (group === undefined) {
      say([...path, "by"], `there is no group ${right.by}.${didYouMean(right.by, Object.keys(policy.groups))}`);
    } else if ("people" in right && new Set(group.people).size < right.people) {
      const message = `asks for ${right.people} people, and ${right.by} has ${new Set(group.people).size}`;
      say([...path, "people"], message);
    }
  }
  if (pool.mode === "approval" && pool.may.approve === undefined) {
    say(
      ["pools", index],
      `${pool.name} needs approval (mode: approval), and nobody may give it; say may.approve, or mode: automatic`,
    );
  }
}

/** The first pool that matches takes the node. */
function checkReach({ pools }: WrittenPolicy, pool: WrittenPool, index: number, say: Say): void {
  const above = pools.slice(0, index).find((earlier) => takesAllOf(earlier, pool));
  if (above === undefined) return;
  say(
    ["pools", index, "name"],
    `${pool.name} gets no node: ${above.name} stands above it and takes all that it matches`,
  );
}

function takesAllOf(earlier: WrittenPool, later: WrittenPool): boolean {
  const wanted = Object.entries(earlier.nodes?.matchLabels ?? {});
  return wanted.every(([key, value]) => later.nodes?.matchLabels[key] === value);
}
