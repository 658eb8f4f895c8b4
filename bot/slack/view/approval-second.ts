import { nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { isAsked, type Standing } from "./approval-standing.ts";
import { approversOf, readingOf, type Wave } from "./approval-wave.ts";
import { clip, escaped, nameText } from "./mrkdwn.ts";
import type { Lateness } from "./overdue.ts";
import { at, soonAt } from "./times.ts";
import { openingText } from "./window-text.ts";

/** The second line: what happens without a yes, or who gave it for when, or why there is nothing to give. */
export function secondText(wave: Wave, late: Lateness | null): string {
  const { entries, pool } = wave;
  if (entries.some(([, standing]) => isAsked(standing))) {
    if (pool?.overdue.pastDeadline !== "automatic" || late === null) return "Nothing happens without a yes.";
    return `Nothing happens without a yes until ${at(late.deadline, readingOf(wave))}; past that the policy needs none.`;
  }
  const yes = approversOf(wave);
  if (entries.every(([, standing]) => standing.kind === "void")) return voidText(wave, yes);
  return yes === "" ? "No decision is wanted here." : `Approved by ${yes}${forWhen(wave)}.`;
}

/** For which opening; one that is always open needs no word. */
function forWhen(wave: Wave): string {
  const { pool, policy, turn, entries } = wave;
  if (pool === null || !entries.some(([, { kind }]) => kind === "approved")) return "";
  const schedule = scheduleOf(policy, pool);
  const open = openingAt(schedule, turn.now);
  if (open !== null) return Number.isFinite(open.closes) ? `, until ${soonAt(open.closes, readingOf(wave))}` : "";
  const next = nextOpening(schedule, turn.now);
  return next === null ? "" : ` for ${openingText(next, policy.timeZone)}`;
}

function voidText(wave: Wave, yes: string): string {
  const whys = wave.entries.flatMap(([{ node }, standing]) =>
    standing.kind === "void" ? [voidWhy(wave, node, standing)] : [],
  );
  const distinct = [...new Set(whys)];
  const more = distinct.length - 3;
  const shown = `${distinct.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const lost = yes === "" ? "" : ` The yes of ${yes} counts no more.`;
  return `Void: ${shown}.${lost}${isAskedAgain(wave) ? " New card below." : ""}`;
}

/** A boot that nobody ordered is known with its time; all else is the same for many nodes. */
function voidWhy(wave: Wave, node: string, { why }: Standing & { readonly kind: "void" }): string {
  const situation = wave.turn.plan.nodes.get(node)?.situation;
  if (why !== "the node was rebooted" || situation === undefined) return clip(escaped(why), 300);
  const bootedAt = situation.report?.bootId === situation.node.bootId ? situation.report?.bootedAt : null;
  return `${nameText(node)} was rebooted by hand${bootedAt == null ? "" : ` at ${at(bootedAt, readingOf(wave))}`}`;
}

const isAskedAgain = ({ entries, turn }: Wave): boolean =>
  entries.some(([{ node }]) => turn.plan.nodes.get(node)?.holds.some(({ kind }) => kind === "approval") === true);
