import type { Turn } from "../../coordinator/coordinator.ts";
import { POLICY_CHANGED, whatChanged } from "../../core/decide/digest.ts";
import { type Instant, wallClock } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { isAsked, type Standing, standingText } from "./approval-standing.ts";
import type { CardTarget, Reference } from "./card.ts";
import { gatesText } from "./gates.ts";
import { personText } from "./mentions.ts";
import { clip, escaped, listed, named } from "./mrkdwn.ts";
import type { Lateness } from "./overdue.ts";
import { whenText } from "./window-text.ts";

/** A wave with how each of its nodes stands. */
export interface Wave {
  readonly turn: Turn;
  readonly policy: Policy;
  readonly pool: Pool | null;
  readonly entries: readonly (readonly [CardTarget, Standing])[];
  /** Every approval card that is remembered, open or closed. */
  readonly known: readonly Reference[];
}

/** The second line: what happens without a yes, or who gave it, or why there is nothing to give. */
export function secondText(wave: Wave, late: Lateness | null): string {
  const { entries, pool, policy, turn } = wave;
  if (entries.some(([, standing]) => isAsked(standing))) {
    if (pool?.overdue.pastDeadline !== "automatic" || late === null) return "Nothing happens without a yes.";
    return `Nothing happens without a yes until ${wallClock(late.deadline, policy.timeZone, turn.now)}; past that the policy needs none.`;
  }
  const yes = approversOf(wave);
  const voids = entries.flatMap(([, standing]) => (standing.kind === "void" ? [standing.why] : []));
  if (voids.length === entries.length) {
    const lost = yes === "" ? "" : ` The yes of ${yes} counts no more.`;
    return `Void: ${named([...new Set(voids)], 3)}.${lost}`;
  }
  return yes === "" ? "No decision is wanted here." : `Approved by ${yes}.`;
}

const APPROVERS_MOST = 4;

/** Who said yes to what the card showed, and when; from the decisions, so that it stays when the approval is spent. */
function approversOf({ turn: { snapshot, now }, policy, entries }: Wave): string {
  const shown = new Set(entries.map(([{ node, digest }]) => `${node} ${digest}`));
  const yes = [...snapshot.decisions.values()].flatMap(({ verb, judgement }) => {
    if (verb !== "approve" && verb !== "now") return [];
    if (judgement?.outcome !== "counted" || judgement.person === null) return [];
    const isMeant = judgement.bound.some(({ node, digest }) => shown.has(`${node} ${digest}`));
    return isMeant ? [{ person: judgement.person, at: judgement.at }] : [];
  });
  const texts = yes
    .sort((a, b) => a.at - b.at)
    .map(({ person, at }) => `${personText(person)} at ${wallClock(at, policy.timeZone, now)}`);
  const distinct = [...new Set(texts)];
  const more = distinct.length - APPROVERS_MOST;
  return distinct.slice(0, APPROVERS_MOST).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

export function detailsText(wave: Wave, late: Lateness | null): string {
  const { turn, policy, pool, entries } = wave;
  const { now } = turn;
  const pendings = entries.flatMap(([{ node }]) => turn.plan.nodes.get(node)?.situation.report?.pending ?? []);
  const reasons = [...new Set(pendings.flatMap((pending) => pending.reasons.map(({ text }) => text)))];
  const since = pendings.map((pending) => pending.since);
  const pending = since.length === 0 ? "" : ` · pending since ${wallClock(Math.min(...since), policy.timeZone, now)}`;
  const limit = policy.maxRebooting === 1 ? "one at a time" : `at most ${policy.maxRebooting} at a time`;
  return [
    ...againLine(wave),
    `Why      ${named(reasons, 4) || "no reason is reported any more"}${pending}`,
    `How      ${limit}; stops if one doesn't come back well`,
    ...checkedLine(turn),
    ...(pool === null ? [] : [`When     ${whenText(pool, policy, now)}`, needsLine(pool, policy, now, late)]),
  ].join("\n");
}

function checkedLine({ plan }: Turn): readonly string[] {
  const gates = gatesText(plan);
  return gates === "" ? [] : [`Checked  ${gates}`];
}

function needsLine({ may }: Pool, policy: Policy, now: Instant, late: Lateness | null): string {
  const needs = `Needs    ${may.approve?.people ?? 1} of ${clip(escaped(may.approve?.by ?? "nobody"), 300)}`;
  if (late === null) return needs;
  const at = wallClock(late.deadline, policy.timeZone, now);
  return `${needs} · ${late.reminder === null ? `overdue from ${at} on` : `overdue since ${at}`}`;
}

/** Who was asked before, or said yes, must see why that was not enough. */
function againLine({ turn, entries, known }: Wave): readonly string[] {
  const asked = entries.filter(([, standing]) => isAsked(standing)).map(([target]) => target);
  const lost = asked.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.standing.voided ?? []);
  const isAgain = asked.some((target) => known.some((reference) => askedUnderOtherPolicy(reference, target)));
  if (lost.length === 0 && !isAgain) return [];
  const people = [...new Set(lost.map(({ person }) => personText(person)))];
  const yes =
    people.length === 0 ? "" : `; the yes of ${listed(people, APPROVERS_MOST).replaceAll("\n", ", ")} is void`;
  return [`Again    ${POLICY_CHANGED} since this was last asked${yes}`];
}

const askedUnderOtherPolicy = ({ targets }: Reference, { node, digest }: CardTarget): boolean =>
  targets.some((target) => target.node === node && whatChanged(target.digest, digest) === POLICY_CHANGED);

/** The nodes line by line, those that a yes is wanted for first. */
export function linesText({ entries, policy, turn }: Wave): string {
  const asked = entries.filter(([, standing]) => isAsked(standing));
  const rest = entries.filter(([, standing]) => !isAsked(standing));
  const lines = [...asked, ...rest].map(
    ([{ node }, standing]) => `${clip(escaped(node), 300)}  ${standingText(standing, policy, turn.now)}`,
  );
  return listed(lines, 20);
}
