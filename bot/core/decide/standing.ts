import type { Decision, Judgement } from "../fleet/decision.ts";
import type { Member } from "../fleet/member.ts";
import { HISTORY_KEPT, type NodeReboot } from "../fleet/reboot.ts";
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
  readonly retriedBy: string | null;
  readonly moveAskedAt: Instant | null;
  /** Who wants it rebooted though its host does not ask for it; until it has booted. */
  readonly rebootAsked: (Said & { readonly name: string; readonly reason: string | null }) | null;
  /** Who let us take the cordon over that stands there now. */
  readonly adopted: Said | null;
  /** Who wants the node to stay cordoned after this attempt. */
  readonly keep: Said | null;
  readonly released: Said | null;
  /** Who took back all that was decided before. */
  readonly withdrawn: Said | null;
}

export interface Said {
  readonly at: Instant;
  readonly by: string;
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
  retriedBy: null,
  moveAskedAt: null,
  rebootAsked: null,
  adopted: null,
  keep: null,
  released: null,
  withdrawn: null,
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
  const all = counted.filter(({ judgement }) => isAbout(judgement, member, digest));
  const withdrawn = newest(all.filter(({ verb }) => verb === "withdraw"));
  const mine = all.filter(({ judgement }) => judgement.at > (withdrawn?.judgement.at ?? Number.NEGATIVE_INFINITY));
  const unexpired = mine.filter(({ judgement }) => judgement.validUntil === null || now < judgement.validUntil);
  const isBound = ({ judgement }: Counted, fits: (bound: string) => boolean): boolean =>
    judgement.bound.some((bound) => bound.node === member.node.name && fits(bound.digest));
  const inForce = unexpired.filter((decision) => isBound(decision, (bound) => bound === digest));
  const ofOldPolicy = unexpired.filter((decision) => isBound(decision, (bound) => isOfOtherPolicy(bound, digest)));
  const approvals = votes(inForce.filter(({ verb }) => verb === "approve" || verb === "now"));
  const beforeOrder = digestBeforeOrder(member);
  const underOrder = unexpired.filter((decision) =>
    isBound(decision, (bound) => bound === digest || bound === beforeOrder),
  );
  const forcing = newestBlockers(inForce.filter(({ verb }) => verb === "force"));
  const forces = votes(forcing);
  const retried = saidIn(newest(mine.filter(({ verb }) => verb === "retry" || verb === "move")));
  const forcedBudgets = forcing[0]?.judgement.blockers ?? [];
  return {
    approvals,
    approved: enough(member.pool?.may.approve, approvals),
    voided: votes(ofOldPolicy.filter(({ verb }) => verb === "approve")),
    now: nowOf(underOrder),
    forces,
    forcedBudgets,
    force: enough(member.pool?.may.force, forces)
      ? { budgets: new Set(forcedBudgets), by: forces.map(({ person }) => person).join(" and ") }
      : null,
    skip: skipOf(mine, now),
    retriedAt: retried?.at ?? null,
    retriedBy: retried?.by ?? null,
    moveAskedAt: saidIn(newest(mine.filter(({ verb }) => verb === "move")))?.at ?? null,
    ...askedOf(member, mine, digest),
    released: saidIn(newest(mine.filter(({ verb }) => verb === "release"))),
    withdrawn: saidIn(withdrawn),
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

function newest(decisions: readonly Counted[]): Counted | null {
  return decisions.reduce<Counted | null>(
    (latest, one) => (latest === null || one.judgement.at >= latest.judgement.at ? one : latest),
    null,
  );
}

const saidIn = (decision: Counted | null): Said | null =>
  decision === null ? null : { at: decision.judgement.at, by: decision.judgement.person ?? "someone" };

/** What outlasts the order that is given for it: it is bound to the boot, the cordon or the attempt alone. */
function askedOf(
  member: Member,
  mine: readonly Counted[],
  digest: string,
): Pick<Standing, "rebootAsked" | "adopted" | "keep"> {
  const { node, reboot } = member;
  const ofBoot = mine.filter(({ judgement }) =>
    judgement.bound.some((bound) => bound.node === node.name && bootOf(bound.digest) === bootOf(digest)),
  );
  const asked = newest(ofBoot.filter(({ verb }) => verb === "reboot"));
  const said = saidIn(asked);
  const since = (at: Instant | null | undefined, verb: Decision["verb"], decisions: readonly Counted[]): Said | null =>
    saidIn(newest(decisions.filter((one) => one.verb === verb && one.judgement.at >= (at ?? 0))));
  return {
    rebootAsked: asked === null || said === null ? null : { ...said, name: asked.name, reason: asked.reason },
    adopted: since(node.cordonedSince, "adopt", ofBoot),
    keep: since(endOfLast(reboot), "keep", mine),
  };
}

/**
 * When the attempt before the one under way ended: what was said since then is about this one. A node that yields has the
 * outcome of this very attempt on record from the first moment on, so there its history tells.
 */
function endOfLast(reboot: NodeReboot | null): Instant {
  if (reboot?.phase.kind !== "yielding") return reboot?.outcome?.at ?? 0;
  const { history } = reboot;
  const ended = history.findLast(({ phase, order }) => phase === "waiting" && order !== null);
  return ended?.at ?? (history.length < HISTORY_KEPT ? 0 : (history[0]?.at ?? 0));
}

/** An order spends what it was given for; but until its end it goes on under that. Null where none is out. */
function digestBeforeOrder(member: Member): string | null {
  const { reboot } = member;
  if (reboot?.phase.kind !== "rebooting") return null;
  return nodeDigest({ ...member, reboot: { ...reboot, given: reboot.given - 1 } });
}

/** The node's uid and its boot. */
const bootOf = (digest: string): string => digest.split(".").slice(0, 2).join(".");
