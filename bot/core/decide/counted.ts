import type { Decision, Judgement } from "../fleet/decision.ts";
import type { Instant } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { personOf } from "./people.ts";
import type { Vote } from "./standing.ts";

/** A decision that was found allowed. */
export type Counted = Decision & { readonly judgement: Judgement };

export function isCounted(decision: Decision): decision is Counted {
  return decision.judgement?.outcome === "counted";
}

/** One vote a person, as the policy in force knows them: the one that lasts longest. */
export function votesOf(decisions: readonly Counted[], policy: Pick<Policy, "people">): readonly Vote[] {
  const byPerson = new Map<string, Vote>();
  for (const { judgement, by } of decisions) {
    if (judgement.person === null) continue;
    const person = personOf(policy, by);
    const vote = { person, by, at: judgement.at, validUntil: judgement.validUntil };
    const known = byPerson.get(person);
    if (known === undefined || endOf(vote) > endOf(known)) byPerson.set(person, vote);
  }
  return [...byPerson.values()].sort((a, b) => a.at - b.at || (a.person < b.person ? -1 : 1));
}

const endOf = (vote: Vote): number => vote.validUntil ?? Number.POSITIVE_INFINITY;

export function newest(decisions: readonly Counted[]): Counted | null {
  return decisions.reduce<Counted | null>(
    (latest, one) => (latest === null || one.judgement.at >= latest.judgement.at ? one : latest),
    null,
  );
}

export interface Said {
  readonly at: Instant;
  readonly by: string;
}

export const saidIn = (decision: Counted | null): Said | null =>
  decision === null ? null : { at: decision.judgement.at, by: decision.judgement.person ?? "someone" };
