import { POLICY_CHANGED, whatChanged } from "../../core/decide/digest.ts";
import { DAY } from "../../core/instant.ts";
import type { Pool } from "../../core/policy/policy.ts";
import { openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { checkedText } from "./approval-checked.ts";
import { isAsked, standingText, votesText } from "./approval-standing.ts";
import { askedNodes, readingOf, type Wave } from "./approval-wave.ts";
import type { CardTarget, Reference } from "./card.ts";
import { personText } from "./mentions.ts";
import { listed, named, nameText } from "./mrkdwn.ts";
import type { Lateness } from "./overdue.ts";
import { at, days, minutes } from "./times.ts";
import { whenText } from "./window-text.ts";

const NAMES_MOST = 20;
const PEOPLE_MOST = 4;

/** What is asked for, line by line. `again`: when it was asked once more. */
export function detailsText(wave: Wave, late: Lateness | null, again: number | null): string {
  const { policy, pool } = wave;
  const names = askedNodes(wave).map(({ situation }) => situation.node.name);
  const reasons = askedNodes(wave).flatMap(({ situation }) => situation.report?.pending?.reasons ?? []);
  const limit = policy.maxRebooting === 1 ? "one at a time" : `at most ${policy.maxRebooting} at a time`;
  const checked = checkedText(wave);
  return [
    ...againLine(wave),
    `*Nodes*  ${named(names, NAMES_MOST)}; ${limit}; stops if one doesn't come back well`,
    `*Why*  ${named([...new Set(reasons.map(({ text }) => text))], 4)}`,
    ...(pool === null ? [] : [`*When*  ${whenText(pool, policy, wave.turn.now)}${lengthText(wave, pool)}`]),
    ...(checked === "" ? [] : [`*Checked*  ${checked}`]),
    ...(pool === null ? [] : [needsLine(wave, pool, late, again)]),
  ].join("\n");
}

/** How long it takes by the forecast: a time only for a window to come, since in an open one it would move with now. */
function lengthText(wave: Wave, { name }: Pool): string {
  const { turn, policy, pool } = wave;
  const found = askedNodes(wave).flatMap(({ situation }) => turn.forecast().get(situation.node.name) ?? []);
  const starts = found.flatMap((one) => (one.kind === "starts" ? [one] : []));
  if (starts.length === 0 || pool?.name !== name) return "";
  const each = starts.map(({ at: begins, ends }) => ends - begins).sort((a, b) => a - b);
  const usual = `; about ${minutes(each[Math.floor(each.length / 2)] ?? 0)} a node`;
  if (starts.length < askedNodes(wave).length) return usual;
  const ends = Math.max(...starts.map((one) => one.ends));
  if (openingAt(scheduleOf(policy, pool), turn.now) === null)
    return `${usual}, done by about ${at(ends, readingOf(wave))}`;
  return starts.length === 1 ? usual : `${usual}, ${minutes(ends - Math.min(...starts.map((one) => one.at)))} for all`;
}

function needsLine(wave: Wave, pool: Pool, late: Lateness | null, again: number | null): string {
  const right = pool.may.approve;
  const asked = again === null ? "" : ` · asked again ${at(again, readingOf(wave))}`;
  const needs = `*Needs*  ${right?.people ?? 1} of ${nameText(right?.by ?? "nobody")}`;
  return `${needs}${givenText(wave, right?.people ?? 1)}${asked}${ageText(wave, late)}`;
}

/** Who said yes already, where that is the same for all that are asked for; else the lines of the nodes say it. */
function givenText(wave: Wave, people: number): string {
  const given = wave.entries.flatMap(([, standing]) => (standing.kind === "asked" ? [standing.given] : []));
  const texts = new Set(given.map((votes) => votesText(votes, readingOf(wave))));
  const [votes = []] = given;
  if (texts.size !== 1 || votes.length === 0) return "";
  return `: ${votesText(votes, readingOf(wave))} approved, ${people - votes.length} more must`;
}

/** In whole days, so that it does not change with every minute. */
function ageText(wave: Wave, late: Lateness | null): string {
  const { now } = wave.turn;
  const since = askedNodes(wave).flatMap(({ situation }) => situation.report?.pending?.since ?? []);
  const first = Math.min(now, ...since);
  const pending = now - first < DAY ? `pending since ${at(first, readingOf(wave))}` : `pending ${days(now - first)}`;
  if (late === null) return ` · ${pending}`;
  if (late.reminder !== null) return ` · ${pending}, overdue since ${at(late.deadline, readingOf(wave))}`;
  const left = late.deadline - now;
  return ` · ${pending}, overdue ${left < DAY ? `from ${at(late.deadline, readingOf(wave))} on` : `in ${days(left)}`}`;
}

/** Who was asked before, or said yes, must see why that was not enough. */
function againLine({ turn, entries, known }: Wave): readonly string[] {
  const asked = entries.filter(([, standing]) => isAsked(standing)).map(([target]) => target);
  const lost = asked.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.standing.voided ?? []);
  const isAgain = asked.some((target) => known.some((reference) => askedUnderOtherPolicy(reference, target)));
  if (lost.length === 0 && !isAgain) return [];
  const people = [...new Set(lost.map(({ person }) => personText(person)))];
  const yes = people.length === 0 ? "" : `; the yes of ${listed(people, PEOPLE_MOST).replaceAll("\n", ", ")} is void`;
  return [`*Again*  ${POLICY_CHANGED} since this was last asked${yes}`];
}

const askedUnderOtherPolicy = ({ targets }: Reference, { node, digest }: CardTarget): boolean =>
  targets.some((target) => target.node === node && whatChanged(target.digest, digest) === POLICY_CHANGED);

/** The nodes line by line, those that a yes is wanted for first; empty where all that is asked for stands above. */
export function linesText(wave: Wave): string {
  const { entries } = wave;
  const asked = entries.filter(([, standing]) => isAsked(standing));
  const rest = entries.filter(([, standing]) => !isAsked(standing));
  const votes = new Set(asked.map(([, standing]) => standingText(standing, readingOf(wave))));
  if (rest.length === 0 && votes.size === 1) return "";
  const lines = [...asked, ...rest].map(
    ([{ node }, standing]) => `${nameText(node)}  ${standingText(standing, readingOf(wave))}`,
  );
  return listed(lines, 20);
}
