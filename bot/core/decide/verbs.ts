import { movableOf } from "../drain/move.ts";
import type { Movable } from "../fleet/diagnosis.ts";
import type { Member } from "../fleet/member.ts";
import type { Refusal } from "../fleet/phase.ts";
import { formatDuration, type Instant, wallClock } from "../instant.ts";
import { listed } from "../listed.ts";
import { needsNoneNow } from "../overdue.ts";
import type { ApproveRight } from "../policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../policy/schedule.ts";
import { NOW_VALID } from "../timings.ts";
import { addUp, apartText } from "./adding-up.ts";
import type { Ask } from "./decide.ts";
import { blockersOf, refusalsOf } from "./digest.ts";
import { expiredText, lapsedText } from "./lapsed-text.ts";
import type { Vote } from "./standing.ts";

export type Verdict =
  | { readonly ok: true; readonly says: string; readonly validUntil: Instant | null }
  | { readonly ok: false; readonly says: string };

export const no = (says: string): Verdict => ({ ok: false, says });

export function judgeApprove(ask: Ask): Verdict {
  const { member, pool, standing, now } = ask;
  const right = pool.may.approve;
  if (pool.mode !== "approval" || right === null) {
    return no(`${pool.name} is ${pool.mode}: there is nothing to approve for ${member.node.name}.`);
  }
  if (member.report?.pending == null) return no(`${member.node.name} wants no reboot now.`);
  const given = { together: standing.approvals, apart: standing.approvalsApart };
  const decided = alreadyBy(ask, given, standing.approved, "approved");
  if (decided !== null) return no(decided);
  const validUntil = approvalEnd(ask, right);
  const { together, why } = withMine(ask, given, "approve");
  const until = validUntil === null ? "" : `, valid until ${wallClock(validUntil, ask.policy.timeZone, now)}`;
  const says =
    together.length >= right.people
      ? `${member.node.name} is approved by ${names(together)}${until}.`
      : `Your approval of ${member.node.name} counts; ${right.people - together.length} more of ${right.by} must approve${until}.${why}`;
  return { ok: true, says: `${says}${skipText(ask)}`, validUntil };
}

function approvalEnd(ask: Ask, right: ApproveRight): Instant | null {
  const { pool, policy, now } = ask;
  const schedule = scheduleOf(policy, pool);
  const opening = openingAt(schedule, now) ?? nextOpening(schedule, now);
  if (right.validFor === "nextWindow")
    return opening === null || opening.closes === Number.POSITIVE_INFINITY ? null : opening.closes;
  return Math.max(now, opening?.opens ?? now) + right.validFor;
}

/**
 * Lifts window, after and the back-off of then, and is an approval where one is needed; never a freeze (design, policy.yaml). A
 * try that is made under it and fails has a back-off of its own.
 */
export function judgeNow(ask: Ask): Verdict {
  const { member, pool, policy, standing, now } = ask;
  const { name } = member.node;
  if (pool.mode === "observe") return no(`${pool.name} is in mode observe: nothing lets ${name} go.`);
  if (member.report?.pending == null) return no(`${name} wants no reboot now.`);
  const freeze = freezeAt(scheduleOf(policy, pool), now);
  if (freeze !== null) {
    return no(
      `Reboots are frozen (${freeze.name}) until ${wallClock(freeze.closes, policy.timeZone, now)}. Nothing lifts that.`,
    );
  }
  if (standing.now !== null) {
    return no(`${standing.now.by} already let ${name} go now (${wallClock(standing.now.at, policy.timeZone, now)}).`);
  }
  const validUntil = now + NOW_VALID;
  const end = wallClock(validUntil, policy.timeZone, now);
  const says = `${name} may go now, window or not, until ${end}.${moreToApprove(ask)}${skipText(ask)}`;
  return { ok: true, says, validUntil };
}

/** A `now` is one approval; where it takes more, it waits for them. */
function moreToApprove(ask: Ask): string {
  const { pool, standing, member, now } = ask;
  const right = pool.may.approve;
  if (pool.mode !== "approval" || right === null || needsNoneNow({ ...member, now })) return "";
  const { together, why } = withMine(ask, { together: standing.approvals, apart: standing.approvalsApart }, "approve");
  const more = right.people - together.length;
  return more <= 0 ? "" : ` It waits for ${more} more of ${right.by} to approve.${why}`;
}

export function judgeForce(ask: Ask): Verdict {
  const { member, pool, standing, now, decision } = ask;
  const right = pool.may.force;
  if (right === null) return no(`The policy lets nobody force ${pool.name}.`);
  const blockers = blockersOf(member.reboot);
  if (blockers.length === 0)
    return no(`No disruption budget blocks ${member.node.name} now, so there is nothing to force.`);
  if (decision.reason === null) return no("Say why: force: <reason>.");
  // Votes for other blockers than those of now neither add up with this one nor stand in its way.
  const ofThese = blockers.join(" ") === standing.forcedBudgets.join(" ");
  const given = ofThese ? { together: standing.forces, apart: standing.forcesApart } : NO_VOTES;
  const inForce = blockers.every((name) => standing.force?.budgets.has(name));
  const all = { together: standing.forces, apart: standing.forcesApart };
  const decided = alreadyBy(ask, inForce ? all : given, inForce, "forced");
  if (decided !== null) return no(decided);
  const validUntil = now + right.validFor;
  const { together, why } = withMine(ask, given, "force");
  const what = `${member.node.name} past ${blockers.join(", ")}`;
  const end = wallClock(validUntil, ask.policy.timeZone, now);
  const says =
    together.length >= right.people
      ? `Forced by ${names(together)}: ${what}. It lifts nothing else.`
      : `Your force of ${what} counts; ${right.people - together.length} more of ${right.by} must confirm until ${end}.${why}`;
  return { ok: true, says, validUntil };
}

export function judgeSkip(ask: Ask): Verdict {
  const { member, pool, standing, now, decision, policy } = ask;
  const right = pool.may.skip;
  if (right === null) return no(`The policy lets nobody skip ${pool.name}.`);
  if (decision.until === null) return no("Say until when: skip until fri 18:00.");
  if (decision.until <= now) return no("That time is over. Say a later one.");
  if (decision.until > now + right.upTo) {
    return no(`${pool.name} may be skipped for ${formatDuration(right.upTo)} at most.`);
  }
  const end = wallClock(decision.until, policy.timeZone, now);
  if (standing.skip !== null && standing.skip.until === decision.until) {
    return no(`${standing.skip.person} already skipped ${member.node.name} until ${end}.`);
  }
  return { ok: true, says: `${member.node.name} is skipped until ${end}.`, validUntil: decision.until };
}

export function judgeRetry(ask: Ask): Verdict {
  const { member } = ask;
  if (member.report?.pending == null) return no(`${member.node.name} wants no reboot now.`);
  const phase = member.reboot?.phase.kind ?? "waiting";
  if (phase === "failed") return retryFailed(member);
  if (phase !== "waiting") return no(`${member.node.name} is already under way (${phase}).`);
  return { ok: true, says: `${member.node.name} is tried again as soon as it is its turn.`, validUntil: null };
}

/** What failed is looked at again by itself; only a hook that failed before the reboot can be tried anew. */
function retryFailed({ reboot, node }: Member): Verdict {
  const cause = reboot?.phase.kind === "failed" ? reboot.phase.cause : null;
  if (cause?.kind === "hook failed" && cause.stage !== "afterReboot")
    return {
      ok: true,
      says: `${node.name} is tried again, with its hooks, as soon as it is its turn.`,
      validUntil: null,
    };
  if (cause?.kind === "hook failed")
    return no(
      `${node.name} was rebooted, and hook ${cause.hook} runs once an order. Look at it, then release the node.`,
    );
  return no(
    `${node.name} has failed, and is looked at all the time: it goes on by itself once it is well. Or release it.`,
  );
}

/** For pods that a restart of their Deployment brings up elsewhere first; it also tries the node again. */
export function judgeMove(ask: Ask): Verdict {
  const { member } = ask;
  const { name } = member.node;
  const refusals = refusalsOf(member.reboot);
  if (member.report?.pending == null) return no(`${name} wants no reboot now.`);
  if (refusals.length === 0) return no(`Nothing stands in the way of ${name} now, so there is nothing to move.`);
  const deployments = new Set(refusals.flatMap((refusal) => nameOfMovable(movableOf(refusal))));
  if (deployments.size === 0) return no(`${listed(refusals.map(whyNotMoved))}.`);
  const phase = member.reboot?.phase.kind ?? "waiting";
  if (phase !== "waiting" && phase !== "draining") return no(`${name} is already under way (${phase}).`);
  const when = phase === "draining" ? "now" : `when it is the turn of ${name}`;
  const says = `Deployment ${listed([...deployments])} is restarted ${when}, so that its pods come up elsewhere before they leave.`;
  return { ok: true, says, validUntil: null };
}

const nameOfMovable = (movable: Movable | null): readonly string[] =>
  movable === null ? [] : [`${movable.namespace}/${movable.name}`];

function whyNotMoved({ namespace, pod, diagnosis }: Refusal): string {
  const because = diagnosis?.move?.kind === "impossible" ? diagnosis.move.because : "no Deployment makes it";
  return `${namespace}/${pod} can't be moved: ${because}`;
}

/** A yes and a skip do not take each other back: who says yes must know that it waits all the same. */
function skipText({ standing: { skip }, policy, now }: Ask): string {
  if (skip === null) return "";
  return ` It waits all the same: ${skip.person} skipped it until ${wallClock(skip.until, policy.timeZone, now)}.`;
}

interface Given {
  readonly together: readonly Vote[];
  readonly apart: readonly Vote[];
}

const NO_VOTES: Given = { together: [], apart: [] };

const names = (votes: readonly Vote[]): string => votes.map(({ person }) => person).join(" and ");

/** The votes that count together once this one is given, and what its maker has to know where that is too few. */
function withMine(ask: Ask, given: Given, what: "approve" | "force"): { together: readonly Vote[]; why: string } {
  const { person, policy, standing, decision, now } = ask;
  const before = [...given.together, ...given.apart].filter((vote) => vote.person !== person);
  const mine: Vote = { person, by: decision.by, at: now, validUntil: null };
  const { together } = addUp([...before, mine], policy);
  const isApart = together.length <= given.together.length;
  const lost = `${lapsedText(standing, what)}${expiredText(standing, { what, person, zone: policy.timeZone, now })}`;
  return { together, why: `${isApart ? apartText(what, mine, before, policy) : ""}${lost}` };
}

/** Why one more vote is not wanted: the same person's counts already, or enough people decided. */
function alreadyBy(ask: Ask, { together, apart }: Given, isEnough: boolean, done: string): string | null {
  const zone = ask.policy.timeZone;
  const own = [...together, ...apart].find((vote) => vote.person === ask.person);
  const vote = own ?? (isEnough ? together.at(-1) : undefined);
  if (vote === undefined) return null;
  const who = own === undefined ? vote.person : "You";
  return `${who} already ${done} ${ask.member.node.name} (${wallClock(vote.at, zone, ask.now)}).`;
}
