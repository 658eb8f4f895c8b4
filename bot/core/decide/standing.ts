import type { Decision, Judgement } from "../fleet/decision.ts";
import type { Member } from "../fleet/member.ts";
import type { Instant } from "../instant.ts";
import type { Pool } from "../policy/policy.ts";
import { nodeDigest, POLICY_CHANGED, whatChanged } from "./digest.ts";

export interface Vote {
  readonly person: string;
  readonly at: Instant;
  readonly validUntil: Instant | null;
}

/** What the counted decisions about one node amount to now. */
export interface Standing {
  /** Valid approvals by distinct persons. */
  readonly approvals: readonly Vote[];
  readonly approved: boolean;
  /** Approvals that would count but for a change of the pool's safety keys. */
  readonly voided: readonly Vote[];
  /** Who lets it go outside the window, and until when. */
  readonly now: { readonly at: Instant; readonly until: Instant; readonly by: string } | null;
  /** Valid forces by distinct persons, of the newest set of blockers. */
  readonly forces: readonly Vote[];
  /** That set, as namespace/name, sorted. */
  readonly forcedBudgets: readonly string[];
  /** The budgets that may be broken now; null while too few people said so. */
  readonly force: { readonly budgets: ReadonlySet<string>; readonly by: string } | null;
  readonly skip: { readonly until: Instant; readonly person: string } | null;
  /** To move what can be moved is also to try again. */
  readonly retriedAt: Instant | null;
  readonly moveAskedAt: Instant | null;
}

const NOBODY: Standing = {
  approvals: [],
  approved: false,
  voided: [],
  now: null,
  forces: [],
  forcedBudgets: [],
  force: null,
  skip: null,
  retriedAt: null,
  moveAskedAt: null,
};

type Counted = Decision & { readonly judgement: Judgement };

function isCounted(decision: Decision): decision is Counted {
  return decision.judgement?.outcome === "counted";
}

export function standingOf(member: Member, decisions: Iterable<Decision>, now: Instant): Standing {
  const counted = [...decisions].filter(isCounted);
  // Most nodes have none, and a digest is dear.
  if (counted.length === 0) return NOBODY;
  const digest = nodeDigest(member);
  const mine = counted.filter(({ judgement }) => isAbout(judgement, member, digest));
  const unexpired = mine.filter(({ judgement }) => judgement.validUntil === null || now < judgement.validUntil);
  const isBound = ({ judgement }: Counted, fits: (bound: string) => boolean): boolean =>
    judgement.bound.some((bound) => bound.node === member.node.name && fits(bound.digest));
  const inForce = unexpired.filter((decision) => isBound(decision, (bound) => bound === digest));
  const ofOldPolicy = unexpired.filter((decision) => isBound(decision, (bound) => isOfOtherPolicy(bound, digest)));
  const approvals = votes(inForce.filter(({ verb }) => verb === "approve" || verb === "now"));
  const forcing = newestBlockers(inForce.filter(({ verb }) => verb === "force"));
  const forces = votes(forcing);
  const forcedBudgets = forcing[0]?.judgement.blockers ?? [];
  return {
    approvals,
    approved: enough(member.pool?.may.approve, approvals),
    voided: votes(ofOldPolicy.filter(({ verb }) => verb === "approve")),
    now: nowOf(inForce),
    forces,
    forcedBudgets,
    force: enough(member.pool?.may.force, forces)
      ? { budgets: new Set(forcedBudgets), by: forces.map(({ person }) => person).join(" and ") }
      : null,
    skip: skipOf(mine, now),
    retriedAt: newest(mine.filter(({ verb }) => verb === "retry" || verb === "move")),
    moveAskedAt: newest(mine.filter(({ verb }) => verb === "move")),
  };
}

/** The same node, boot and orders under another policy for its pool. */
function isOfOtherPolicy(bound: string, current: string): boolean {
  return whatChanged(bound, current) === POLICY_CHANGED;
}

function nowOf(inForce: readonly Counted[]): Standing["now"] {
  const last = inForce
    .filter(({ verb }) => verb === "now")
    .sort((a, b) => a.judgement.at - b.judgement.at)
    .at(-1);
  if (last?.judgement.validUntil == null) return null;
  const { at, validUntil, person } = last.judgement;
  return { at, until: validUntil, by: person ?? "someone" };
}

/** Not about a later node of the same name. */
function isAbout(judgement: Judgement, member: Member, digest: string): boolean {
  const uid = (text: string) => text.split(".")[0];
  return judgement.bound.some((bound) => bound.node === member.node.name && uid(bound.digest) === uid(digest));
}

function enough(right: Pool["may"]["approve"] | Pool["may"]["force"] | undefined, given: readonly Vote[]): boolean {
  return right !== null && right !== undefined && given.length >= right.people;
}

/** One vote a person: the one that lasts longest. */
function votes(decisions: readonly Counted[]): readonly Vote[] {
  const byPerson = new Map<string, Vote>();
  for (const { judgement } of decisions) {
    const person = judgement.person;
    if (person === null) continue;
    const vote = { person, at: judgement.at, validUntil: judgement.validUntil };
    const known = byPerson.get(person);
    if (known === undefined || endOf(vote) > endOf(known)) byPerson.set(person, vote);
  }
  return [...byPerson.values()].sort((a, b) => a.at - b.at || (a.person < b.person ? -1 : 1));
}

const endOf = (vote: Vote): number => vote.validUntil ?? Number.POSITIVE_INFINITY;

/** Two people force together only if they were shown the same blockers. */
function newestBlockers(forces: readonly Counted[]): readonly Counted[] {
  const last = [...forces].sort((a, b) => a.judgement.at - b.judgement.at).at(-1);
  const key = last?.judgement.blockers.join(" ");
  return forces.filter(({ judgement }) => judgement.blockers.join(" ") === key);
}

function skipOf(mine: readonly Counted[], now: Instant): Standing["skip"] {
  const skips = mine.filter(({ verb }) => verb === "skip").sort((a, b) => a.judgement.at - b.judgement.at);
  const last = skips.at(-1)?.judgement;
  if (last?.validUntil == null || now >= last.validUntil) return null;
  return { until: last.validUntil, person: last.person ?? "someone" };
}

function newest(decisions: readonly Counted[]): Instant | null {
  return decisions.reduce<Instant | null>(
    (latest, { judgement }) => Math.max(latest ?? judgement.at, judgement.at),
    null,
  );
}
