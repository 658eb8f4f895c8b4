import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf } from "../../core/decide/digest.ts";
import type { Refusal } from "../../core/fleet/phase.ts";
import type { Hold } from "../../core/holds/hold.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import type { Situation } from "../../core/situation.ts";
import { forceText } from "./blocked-force.ts";
import { clip, escaped, inCode, listed, named, nameText, SECTION_MOST } from "./mrkdwn.ts";
import { at, type Reading, soonAt, span } from "./times.ts";

const FIXES_MOST = 3;
const SAYS_MOST = 600;

/** Why it can't be drained, what would help, what happens by itself, and a force that waits for more people. */
export function details({ now }: Turn, policy: Policy, planned: PlannedNode, refusals: readonly Refusal[]): string {
  const reading = { zone: policy.timeZone, now };
  const force = forceText(planned.situation, reading);
  const after = [
    ...fixLines(refusals),
    `*Next*  ${nextText(planned, policy, reading)}`,
    ...(force === null ? [] : [force]),
  ].join("\n");
  const room = SECTION_MOST - after.length - 20;
  const whys = [...new Set(refusals.map(whyText))];
  return `*Why*  ${listed(whys, 6, room)}\n${after}`;
}

function whyText({ kind, pod, namespace, budgets, message, diagnosis }: Refusal): string {
  if (diagnosis !== null) return clip(escaped(diagnosis.says), 700);
  const where = `pod ${nameText(`${namespace}/${pod}`, 400)}`;
  const [budget] = budgets;
  if (kind !== "budget" || budget === undefined) return `${where}: ${clip(escaped(message), 400)}`;
  const name = nameText(`${budget.namespace}/${budget.name}`, 400);
  const pods = budget.desiredHealthy === 1 ? "pod" : "pods";
  return `PDB ${name} wants ${budget.desiredHealthy} healthy ${pods} and has ${budget.currentHealthy} (expected ${budget.expectedPods}), so ${where} may not go.`;
}

/** The changes that would let the pods go, as commands to copy; a person decides whether they fit here. */
function fixLines(refusals: readonly Refusal[]): readonly string[] {
  const fixes = new Map(refusals.flatMap(({ diagnosis }) => diagnosis?.fixes ?? []).map((fix) => [fix.command, fix]));
  const shown = [...fixes.values()].slice(0, FIXES_MOST).map(({ says, command }) => {
    return `*Fix*  \`${clip(inCode(command), 400)}\` (${clip(escaped(says), 200)})`;
  });
  return shown.length === 0 ? [] : [...shown, "I notice and go on by myself."];
}

/** "tried 22:15-22:30 CST; again 23:00 CST or when that changes" */
function nextText(planned: PlannedNode, policy: Policy, reading: Reading): string {
  const { situation, phase, holds } = planned;
  if (phase.kind !== "waiting") return `it is ${phase.kind}`;
  const ofBlock = holds.filter(({ kind }) => kind === "back-off" || kind === "would be blocked");
  const other = holds.find((hold) => !ofBlock.includes(hold) && hold.kind !== "window");
  const backOff = ofBlock.find(({ kind }) => kind === "back-off");
  const says = [
    ...triedText(situation, reading),
    ...(backOff === undefined ? [] : [againText(backOff, situation, policy, reading)]),
    ...(backOff === undefined && ofBlock.length > 0 ? [heldText(situation)] : []),
    ...(ofBlock.length === 0 && other === undefined ? ["it is its turn now"] : []),
    ...(other === undefined ? [] : [clip(escaped(other.says), SAYS_MOST)]),
  ];
  return says.join("; ");
}

/** From its slot to the end of giving up. */
function triedText({ reboot }: Situation, reading: Reading): readonly string[] {
  const outcome = reboot?.outcome;
  if (reboot == null || outcome?.kind !== "yielded") return [];
  const began = reboot.history.find(({ order }) => order === outcome.order)?.at;
  if (began === undefined || began >= outcome.at) return [`gave up ${at(outcome.at, reading)}`];
  return [`tried ${span(began, outcome.at, reading)}`];
}

function heldText({ reboot }: Situation): string {
  const blockers = blockersOf(reboot);
  if (blockers.length === 0) return "held until that changes";
  return `held until ${named(blockers, 2)} or what ${blockers.length === 1 ? "it covers" : "they cover"} changes`;
}

/** A time after the window has closed is not the time of the next try. */
function againText({ until }: Hold, { pool }: Situation, policy: Policy, reading: Reading): string {
  if (until === null) return "again when that changes";
  const again = `again ${soonAt(until, reading)} or when that changes`;
  if (pool === null) return again;
  const schedule = scheduleOf(policy, pool);
  const open = openingAt(schedule, reading.now);
  if (open !== null && until < open.closes) {
    const next = Number.isFinite(open.closes) ? nextOpening(schedule, reading.now) : null;
    return next === null ? again : `${again}; then next window ${at(next.opens, reading)}`;
  }
  const next = nextOpening(schedule, reading.now);
  return next === null ? again : `again in the next window, ${at(Math.max(next.opens, until), reading)}`;
}
