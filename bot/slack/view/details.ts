import type { Turn } from "../../coordinator/coordinator.ts";
import { refusalsOf } from "../../core/decide/digest.ts";
import { lapsedWishText } from "../../core/decide/lapsed-text.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import { forecast } from "../../core/forecast/forecast.ts";
import { forecastText } from "../../core/forecast/forecast-text.ts";
import { formatDuration, type Instant, wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { originText } from "../../core/policy/origin.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { pagesOf, underPolicy } from "../../core/policy/under-policy.ts";
import { channelOf } from "./channels.ts";
import { clip } from "./mrkdwn.ts";

/** Plain lines, which are escaped where they are sent. Slack takes far longer messages, and nobody reads them. */
type Known = Turn & { readonly policy: Policy };

const NODES_MOST = 5;
const HOLDS_MOST = 6;
const REFUSALS_MOST = 3;
const LINE_MOST = 500;
const DETAILS_MOST = 8_000;
const NAMES_MOST = 20;

/** It takes about a millisecond a node, and people ask several times about what stands still. */
const forecasts = new WeakMap<Turn["plan"], ReturnType<typeof forecast>>();

function forecastOf({ snapshot, plan, policy, now }: Known): ReturnType<typeof forecast> {
  const found = forecasts.get(plan) ?? forecast(snapshot, policy, now);
  forecasts.set(plan, found);
  return found;
}

/** How nodes stand now: why each waits, what is in its way, and when it would go. */
export function standText(turn: Known, nodes: readonly NodeName[]): string {
  const ahead = forecastOf(turn);
  const shown = nodes.slice(0, NODES_MOST).map((name) => {
    const planned = turn.plan.nodes.get(name);
    if (planned === undefined) return `${name} is gone.`;
    const found = ahead.get(name);
    const end = found === undefined ? [] : [`It ${forecastText(found, turn.policy.timeZone, turn.now)}.`];
    return [...nodeLines(planned, turn), ...wayLines(planned), ...end].map((line) => clip(line, LINE_MOST)).join("\n");
  });
  const more = nodes.length - NODES_MOST;
  return [...shown, ...(more > 0 ? [`${more} more: say why <node>.`] : [])].join("\n\n");
}

/** Every node of a channel's pools that is to go, with all of its holds; those that need nothing by their names. */
export function detailsText(turn: Known, channel: string): string {
  const { plan, policy } = turn;
  const nodes = [...plan.nodes.values()].filter(({ situation }) => channelOf(policy, situation.pool) === channel);
  return listText(nodes, turn);
}

/** As `detailsText`, of the whole cluster. */
export const statusText = (turn: Known): string => listText([...turn.plan.nodes.values()], turn);

function listText(nodes: readonly PlannedNode[], turn: Known): string {
  const toGo = nodes.filter(isToGo);
  const rest = nodes.filter((node) => !isToGo(node)).map(({ situation }) => situation.node.name);
  const head = `${turn.policy.cluster}: ${toGo.length} of ${nodes.length} nodes to go.`;
  const others = [...(rest.length === 0 ? [] : [`Need no reboot: ${namesText(rest)}.`]), policyLine(turn)];
  const ranked = [...toGo].sort((a, b) => rankOf(a) - rankOf(b));
  const blocks = ranked.map((node) =>
    nodeLines(node, turn)
      .map((line) => clip(line, LINE_MOST))
      .join("\n"),
  );
  const shown: string[] = [];
  let room = DETAILS_MOST - head.length - others.join("").length;
  for (const block of blocks) {
    room -= block.length + 2;
    if (room < 0) break;
    shown.push(block);
  }
  const left = blocks.length - shown.length;
  return [head, ...shown, ...(left > 0 ? [`${left} more: say why <node>.`] : []), ...others].join("\n\n");
}

/** Slack makes a link of the address by itself. */
function policyLine({ policy }: Known): string {
  const { commit } = pagesOf(policy, underPolicy(policy));
  const says = `Policy ${clip(originText(policy) ?? "from a file", LINE_MOST)}`;
  return commit === null ? `${says}.` : `${says}: ${commit}`;
}

const isToGo = ({ situation, phase }: PlannedNode): boolean =>
  situation.report?.pending != null || phase.kind !== "waiting";

/** What needs a look comes first, so that it is not among those left out. */
function rankOf({ situation, phase }: PlannedNode): number {
  if (phase.kind === "failed") return 0;
  if (refusalsOf(situation.reboot).length > 0) return 1;
  return phase.kind === "waiting" ? 3 : 2;
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMES_MOST;
  return `${names.slice(0, NAMES_MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function nodeLines(planned: PlannedNode, { policy, now }: Known): readonly string[] {
  const { situation, phase, holds } = planned;
  const { node, pool, report, reboot } = situation;
  const at = (instant: Instant): string => wallClock(instant, policy.timeZone, now);
  const where = pool === null ? "in no pool" : `pool ${pool.name}`;
  const since = reboot?.phaseSince == null ? "" : ` since ${at(reboot.phaseSince)}`;
  const isWaiting = phase.kind === "waiting";
  const state = isWaiting ? wantsText(planned, at) : `${phase.kind}${since}`;
  const shown = holds.slice(0, HOLDS_MOST);
  const more = holds.length - shown.length;
  return [
    `${node.name} (${where}): ${state}.`,
    ...shown.map(
      ({ says, until }) => `• ${says}${until === null || says.includes(at(until)) ? "" : ` (until ${at(until)})`}`,
    ),
    ...(more > 0 ? [`• and ${more} more`] : []),
    ...(isWaiting && holds.length === 0 && report?.pending != null ? ["• Nothing holds it: it is next."] : []),
    ...lastLine(planned, at),
  ];
}

function wantsText({ situation }: PlannedNode, at: (instant: Instant) => string): string {
  const { report, standing } = situation;
  if (report === null) return "its agent has never reported";
  if (report.pending === null) {
    const wish = lapsedWishText(standing);
    return `needs no reboot${wish === null ? "" : `; ${wish}`}`;
  }
  const reasons = report.pending.reasons.map(({ text }) => text).join(", ");
  return `wants to reboot since ${at(report.pending.since)}${reasons === "" ? "" : ` for ${reasons}`}`;
}

function lastLine({ situation, phase }: PlannedNode, at: (instant: Instant) => string): readonly string[] {
  const outcome = situation.reboot?.outcome ?? null;
  if (outcome?.kind !== "rebooted" || phase.kind !== "waiting") return [];
  return [`• It was rebooted last at ${at(outcome.at)}, in ${formatDuration(outcome.took)}.`];
}

/** What a drain meets, with the first change that would help. */
function wayLines({ situation }: PlannedNode): readonly string[] {
  const refusals = refusalsOf(situation.reboot);
  const lines = refusals.slice(0, REFUSALS_MOST).map(({ namespace, pod, diagnosis, message }) => {
    const [fix] = diagnosis?.fixes ?? [];
    const help = fix === undefined ? "" : ` Fix: ${fix.command}`;
    return `In the way: ${namespace}/${pod}: ${diagnosis?.says ?? message}${help}`;
  });
  const more = refusals.length - REFUSALS_MOST;
  return [...lines, ...(more > 0 ? [`In the way: ${more} more pods.`] : [])];
}
