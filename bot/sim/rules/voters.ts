import type { MayData, PolicyData, PoolData } from "./policy-data.ts";

/** Who asked for something, as the request says it. */
export interface Requester {
  readonly system: string;
  readonly id: string;
  readonly groups: readonly string[];
}

/** Somebody whose yes counts: a name, and the systems in which it is known who they are. */
export interface Voter {
  readonly name: string;
  readonly systems: readonly string[];
  readonly isNamed: boolean;
}

type Right = Exclude<keyof MayData, "skip">;

/** The one behind a request, if the pool's policy gives them that right. */
export function voterFor(policy: PolicyData, pool: PoolData, right: Right, by: Requester): Voter | null {
  const voter = voterBehind(policy, by);
  if (!isIn(policy, pool.may[right].by, voter, by)) return null;
  const needsApproval = right === "now" && pool.mode === "approval";
  return needsApproval && !isIn(policy, pool.may.approve.by, voter, by) ? null : voter;
}

function voterBehind({ people }: PolicyData, { system, id }: Requester): Voter {
  const person = Object.entries(people).find(([, ids]) =>
    Object.entries(ids).some(([key, its]) => key === system && its === id),
  );
  return person === undefined
    ? { name: `${system}:${id}`, systems: [system], isNamed: false }
    : { name: person[0], systems: Object.keys(person[1]), isNamed: true };
}

function isIn({ groups }: PolicyData, name: string, voter: Voter, by: Requester): boolean {
  const { people = [], slackGroups = [], kubernetesGroups = [] } = groups[name] ?? {};
  const ofSystem = by.system === "slack" ? slackGroups : kubernetesGroups;
  return people.includes(voter.name) || by.groups.some((group) => ofSystem.includes(group));
}

/** How many different human beings have said yes at least, whoever the unnamed are: the most that pairwise can't be one. */
export function surelyDifferent(voters: readonly Voter[]): number {
  const [first, ...rest] = voters.filter(({ name }, n) => voters.findIndex((other) => other.name === name) === n);
  if (first === undefined) return 0;
  const others = rest.filter((other) => areSurelyTwo(first, other));
  return Math.max(1 + surelyDifferent(others), surelyDifferent(rest));
}

/** Two names of the policy are two; else it shows only in a system in which both are known. */
const areSurelyTwo = (a: Voter, b: Voter): boolean =>
  (a.isNamed && b.isNamed) || a.systems.some((system) => b.systems.includes(system));
