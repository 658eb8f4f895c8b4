import type { Decision, Identity, Judgement, Verb } from "../fleet/decision.ts";
import type { Member } from "../fleet/member.ts";
import type { Instant } from "../instant.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import { addUp } from "./adding-up.ts";
import { type AskedStanding, askedOf, bootOf } from "./asked.ts";
import { type Counted, isCounted, newest, type Said, saidIn, votesOf } from "./counted.ts";
import { blockersOf, nodeDigest, POLICY_CHANGED, whatChanged } from "./digest.ts";
import { type ForceStanding, forcesOf } from "./forces.ts";
import { type Entitlement, isGrant, whyLapsed } from "./lapse.ts";

/** One person's yes, under the name that they have by the policy in force. */
export interface Vote {
  readonly person: string;
  readonly by: Identity;
  readonly at: Instant;
  readonly validUntil: Instant | null;
}

/** What the counted decisions about one node amount to now. */
export interface Standing extends ForceStanding, AskedStanding {
  /** Valid approvals, as many as are surely of different people. */
  readonly approvals: readonly Vote[];
  /** Valid ones that do not add up with those: perhaps of someone who is among them. */
  readonly approvalsApart: readonly Vote[];
  readonly approved: boolean;
  /** Approvals that would count but for a change of the pool's safety keys. */
  readonly voided: readonly Vote[];
  /** Approvals and forces of what stands there now that ran out. */
  readonly expired: readonly Expired[];
  /** What would count, were the one who said it still entitled to it. */
  readonly lapsed: readonly Lapsed[];
  /** The Slack users whose right to have decided matters now. */
  readonly slackMakers: readonly string[];
  /** Of some of them this bot knows nothing yet: what they let be done is not begun before Slack was asked once. */
  readonly isBeingAsked: boolean;
  /** Who lets it go outside the window, and until when. */
  readonly now: { readonly at: Instant; readonly until: Instant; readonly by: string } | null;
  readonly skip: { readonly until: Instant; readonly person: string } | null;
  /** To move what can be moved is also to try again. */
  readonly retriedAt: Instant | null;
  readonly retriedBy: string | null;
  readonly moveAskedAt: Instant | null;
  readonly released: Said | null;
  /** Who took back all that was decided before. */
  readonly withdrawn: Said | null;
}

export interface Lapsed {
  readonly person: string;
  readonly verb: Verb;
  /** As the end of a sentence. */
  readonly why: string;
}

export interface Expired extends Vote {
  readonly verb: "approve" | "force";
}

/** By what decisions are counted. */
export interface Counting extends Entitlement {
  readonly now: Instant;
}

const NOBODY: Standing = {
  approvals: [],
  approvalsApart: [],
  approved: false,
  voided: [],
  expired: [],
  lapsed: [],
  slackMakers: [],
  isBeingAsked: false,
  now: null,
  forces: [],
  forcesApart: [],
  forcedBudgets: [],
  force: null,
  skip: null,
  retriedAt: null,
  retriedBy: null,
  moveAskedAt: null,
  rebootAsked: null,
  adopted: null,
  keep: null,
  released: null,
  withdrawn: null,
};

const UNLINKED: Pick<Policy, "people"> = { people: new Map() };

export function standingOf(member: Member, decisions: Iterable<Decision>, counting: Counting): Standing {
  const counted = [...decisions].filter(isCounted);
  // Most nodes have none, and a digest is dear.
  if (counted.length === 0) return NOBODY;
  const digest = nodeDigest(member);
  const all = counted.filter(({ judgement }) => isAbout(judgement, member, digest));
  const withdrawn = newest(all.filter(({ verb }) => verb === "withdraw"));
  const said = all.filter(({ judgement }) => judgement.at > (withdrawn?.judgement.at ?? Number.NEGATIVE_INFINITY));
  const sieve = { member, digest, ...counting };
  const mine = said.filter((decision) => whyLapsed(decision, member.pool, counting) === null);
  const slackMakers = slackMakersOf(said, sieve);
  const isBeingAsked = counting.people !== null && slackMakers.some((user) => !counting.people?.has(user));
  const votes = countedVotes(mine, sieve);
  const retried = saidIn(newest(mine.filter(({ verb }) => verb === "retry" || verb === "move")));
  return {
    ...votes,
    force: isBeingAsked ? null : votes.force,
    lapsed: lapsedOf(said, sieve),
    slackMakers,
    isBeingAsked,
    now: nowOf(mine, sieve),
    skip: skipOf(mine, counting.now),
    retriedAt: retried?.at ?? null,
    retriedBy: retried?.by ?? null,
    moveAskedAt: saidIn(newest(mine.filter(({ verb }) => verb === "move")))?.at ?? null,
    ...askedOf(member, mine, digest),
    released: saidIn(newest(mine.filter(({ verb }) => verb === "release"))),
    withdrawn: saidIn(withdrawn),
  };
}

interface Sieve extends Counting {
  readonly member: Member;
  readonly digest: string;
}

type Votes = ForceStanding & Pick<Standing, "approvals" | "approvalsApart" | "approved" | "voided" | "expired">;

function countedVotes(mine: readonly Counted[], sieve: Sieve): Votes {
  const { member, digest, now } = sieve;
  const policy = sieve.policy ?? UNLINKED;
  const bound = mine.filter((decision) => isBound(decision, member, (shown) => shown === digest));
  const inForce = bound.filter((decision) => !isOver(decision, now));
  const ofOldPolicy = mine.filter(
    (one) => !isOver(one, now) && isBound(one, member, (shown) => isOfOtherPolicy(shown, digest)),
  );
  const approvals = addUp(votesOf(inForce.filter(isApproval), policy), policy);
  const right = member.pool?.may.force ?? null;
  const forces = forcesOf(inForce, { policy, right, blockers: blockersOf(member.reboot) });
  return {
    ...forces,
    approvals: approvals.together,
    approvalsApart: approvals.apart,
    approved: enough(member.pool?.may.approve, approvals.together),
    voided: votesOf(
      ofOldPolicy.filter(({ verb }) => verb === "approve"),
      policy,
    ),
    expired: expiredOf(bound, sieve),
  };
}

const isApproval = ({ verb }: Counted): boolean => verb === "approve" || verb === "now";

const isOver = ({ judgement }: Counted, now: Instant): boolean =>
  judgement.validUntil !== null && now >= judgement.validUntil;

const isBound = ({ judgement }: Counted, { node }: Member, fits: (digest: string) => boolean): boolean =>
  judgement.bound.some((bound) => bound.node === node.name && fits(bound.digest));

/** The same node, boot and orders under another policy for its pool. */
function isOfOtherPolicy(bound: string, current: string): boolean {
  return whatChanged(bound, current) === POLICY_CHANGED;
}

/** Of people who have not said the same again since. */
function expiredOf(bound: readonly Counted[], { member, now, ...sieve }: Sieve): readonly Expired[] {
  const policy = sieve.policy ?? UNLINKED;
  const blockers = blockersOf(member.reboot).join(" ");
  const of = (verb: Expired["verb"], all: readonly Counted[]): readonly Expired[] => {
    const valid = votesOf(
      all.filter((one) => !isOver(one, now)),
      policy,
    ).map(({ person }) => person);
    return votesOf(
      all.filter((one) => isOver(one, now)),
      policy,
    ).flatMap((vote) => (valid.includes(vote.person) ? [] : [{ ...vote, verb }]));
  };
  const forces = bound.filter(({ verb, judgement }) => verb === "force" && judgement.blockers.join(" ") === blockers);
  return [...of("approve", bound.filter(isApproval)), ...of("force", forces)];
}

function lapsedOf(said: readonly Counted[], { member, digest, ...counting }: Sieve): readonly Lapsed[] {
  const ofBoot = (shown: string): boolean => bootOf(shown) === bootOf(digest);
  return said.flatMap((decision) => {
    const fits = decision.verb === "reboot" ? ofBoot : (shown: string): boolean => shown === digest;
    if (isOver(decision, counting.now) || !isBound(decision, member, fits)) return [];
    const why = whyLapsed(decision, member.pool, counting);
    return why === null ? [] : [{ person: decision.judgement.person ?? "someone", verb: decision.verb, why }];
  });
}

/** Those who let something be done in this boot, lapsed or not: who was let in again counts again. */
function slackMakersOf(said: readonly Counted[], { member, digest, now }: Sieve): readonly string[] {
  const ofBoot = said.filter(
    (one) => !isOver(one, now) && isBound(one, member, (shown) => bootOf(shown) === bootOf(digest)),
  );
  const grants = ofBoot.filter(({ verb, by }) => by.system === "slack" && isGrant(verb));
  return [...new Set(grants.map(({ by }) => by.id))];
}

/** An order spends what it was given for; but until its end it goes on under that. */
function nowOf(mine: readonly Counted[], { member, digest, now }: Sieve): Standing["now"] {
  const before = digestBeforeOrder(member);
  const underOrder = mine.filter(
    (one) => !isOver(one, now) && isBound(one, member, (shown) => shown === digest || shown === before),
  );
  const last = newest(underOrder.filter(({ verb }) => verb === "now"));
  if (last?.judgement.validUntil == null) return null;
  const { at, validUntil, person } = last.judgement;
  return { at, until: validUntil, by: person ?? "someone" };
}

/** Null where no order is out. */
function digestBeforeOrder(member: Member): string | null {
  const { reboot } = member;
  if (reboot?.phase.kind !== "rebooting") return null;
  return nodeDigest({ ...member, reboot: { ...reboot, given: reboot.given - 1 } });
}

/** Not about a later node of the same name. */
function isAbout(judgement: Judgement, member: Member, digest: string): boolean {
  const uid = (text: string) => text.split(".")[0];
  return judgement.bound.some((bound) => bound.node === member.node.name && uid(bound.digest) === uid(digest));
}

function enough(right: Pool["may"]["approve"] | undefined, given: readonly Vote[]): boolean {
  return right !== null && right !== undefined && given.length >= right.people;
}

function skipOf(mine: readonly Counted[], now: Instant): Standing["skip"] {
  const last = newest(mine.filter(({ verb }) => verb === "skip"))?.judgement;
  if (last?.validUntil == null || now >= last.validUntil) return null;
  return { until: last.validUntil, person: last.person ?? "someone" };
}
