import type { Identity } from "../fleet/decision.ts";
import type { Policy } from "../policy/policy.ts";
import { personBehind } from "./people.ts";
import type { Vote } from "./standing.ts";

interface AddedUp {
  /** The most votes of which no two can be one human being's. */
  readonly together: readonly Vote[];
  /** Valid as well, but perhaps of someone who is among them. */
  readonly apart: readonly Vote[];
}

type Linked = Pick<Policy, "people">;

/** One human being may have an identity in each system; what `people` does not say to be two may be one. */
export function mayBeOne(a: Identity, b: Identity, policy: Linked): boolean {
  const [personA, personB] = [personBehind(policy, a), personBehind(policy, b)];
  if (personA !== null && personB !== null) return personA.name === personB.name;
  if (personA !== null) return personA[b.system] === null;
  if (personB !== null) return personB[a.system] === null;
  return a.system !== b.system || a.id === b.id;
}

/**
 * Of votes of distinct names, oldest first. No two unlinked identities of different systems may stand in one set, so its unlinked ones are
 * of one system at most; with the first of them every linked person goes who has no identity there, and with those gone all
 * others of that system fit in. So one of three sets is the largest: all linked persons, or for either system the persons
 * with an identity there and its unlinked ones.
 */
export function addUp(votes: readonly Vote[], policy: Linked): AddedUp {
  const linked = votes.filter(({ by }) => personBehind(policy, by) !== null);
  const within = (system: Identity["system"]): readonly Vote[] =>
    votes.filter(({ by }) => {
      const person = personBehind(policy, by);
      return person === null ? by.system === system : person[system] !== null;
    });
  // Of sets of one size that of the oldest vote: who comes later is told whom they don't add up with.
  const [oldest] = votes;
  const size = (set: readonly Vote[]): number => set.length + (oldest !== undefined && set.includes(oldest) ? 0.5 : 0);
  const together = [within("slack"), within("kubernetes")].reduce(
    (largest, one) => (size(one) > size(largest) ? one : largest),
    linked,
  );
  return { together, apart: votes.filter((vote) => !together.includes(vote)) };
}

/** What to tell someone whose vote does not make the set any larger, and what they can do; with a space before it. */
export function apartText(what: "approve" | "force", mine: Vote, others: readonly Vote[], policy: Linked): string {
  const [one] = others.filter(({ by }) => mayBeOne(mine.by, by, policy));
  if (one === undefined) return "";
  return ` Your ${what === "force" ? "force" : "approval"} doesn't add up with that of ${one.person}: the policy's people don't say that you are two. Link them in \`people\`.`;
}
