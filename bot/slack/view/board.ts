import type { Turn } from "../../coordinator/coordinator.ts";
import { refusalsOf } from "../../core/decide/digest.ts";
import { pauseOf } from "../../core/decide/pause.ts";
import { formatDuration, wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import type { Block, Card, Reference } from "./card.ts";
import { channelOf, channelsOf } from "./channels.ts";
import { gatesText } from "./gates.ts";
import { context, escaped, fallback, fitted, listed, named, SECTION_MOST, section } from "./mrkdwn.ts";
import { windowText } from "./window-text.ts";

const LINES_MOST = 25;
/** All pools together, and what the smallest share of one is. */
const POOLS_ROOM = 7_000;
const POOL_ROOM_LEAST = 400;

/** The one message of a channel that shows the nodes of its pools. The slots are the whole cluster's. */
export function board(turn: Turn, policy: Policy, channel: string): Card {
  const nodes = [...turn.plan.nodes.values()].filter(({ situation }) => channelOf(policy, situation.pool) === channel);
  const toGo = nodes.filter(isToGo);
  const blocked = toGo.filter(isBlocked);
  const count = `${toGo.length} of ${nodes.length} to go${blocked.length === 0 ? "" : ` · ${blocked.length} blocked`}`;
  const title = `${escaped(policy.cluster)} · ${count}`;
  const slots = slotLine(turn, policy);
  const mine = policy.pools.filter((pool) => pool.slackChannel === channel);
  const room = Math.min(SECTION_MOST, Math.max(POOL_ROOM_LEAST, Math.floor(POOLS_ROOM / Math.max(mine.length, 1))));
  const pools = mine.map((pool) => poolBlock(turn, policy, pool, room));
  const homeless = nodes.filter(({ situation }) => situation.pool === null).map(({ situation }) => situation.node.name);
  const tail = [
    ...(homeless.length > 0 ? [section(`*no pool*\n${named(homeless)}`)] : []),
    ...gatesLine(turn),
    context(policyLine(turn, policy)),
  ];
  return {
    key: keyIn(channel),
    kind: "board",
    channel,
    text: fallback(title, slots),
    blocks: fitted([section(`*${title}*\n${slots}`)], pools, tail, "pools"),
    targets: [],
    alert: null,
    isOpen: true,
  };
}

function gatesLine({ plan }: Turn): readonly Block[] {
  const gates = gatesText(plan);
  return gates === "" ? [] : [context(`Gates ${gates}`)];
}

const keyIn = (channel: string): string => `board-${channel}`;

/** The policy speaks in this channel no more, and what stands there would be believed for ever. */
export function endedBoard(policy: Policy, { key, channel }: Reference): Card {
  const title = `↪ ${escaped(policy.cluster)} is not shown here any more`;
  const places = channelsOf(policy).map((one) => `<#${escaped(one)}>`);
  const second =
    places.length === 0 ? "The policy names no channel." : `See ${listed(places, 8).replaceAll("\n", ", ")}.`;
  const text = fallback(title, second);
  const blocks = [section(`*${title}*\n${second}`)];
  return { key, kind: "board", channel, text, blocks, targets: [], alert: null, isOpen: false };
}

const isToGo = ({ situation, phase }: PlannedNode): boolean =>
  situation.report?.pending != null || phase.kind !== "waiting";

/** Something refuses to let it go, and has for a while: a node that is tried again, or whose budgets allow it now, is not. */
export function isBlocked({ situation, phase }: PlannedNode): boolean {
  const { report, reboot, snapshot, blockers, now } = situation;
  if (report?.pending == null || refusalsOf(reboot).length === 0) return false;
  switch (phase.kind) {
    case "draining":
      return phase.onlyRefusedSince !== null && phase.refused.length > 0;
    case "yielding":
      return phase.why.kind === "blocked";
    case "waiting":
      return blockers.length > 0 && now - (reboot?.blockedSince ?? now) >= snapshot.timings.showBlockedAfter;
    case "preparing":
    case "rebooting":
    case "verifying":
    case "failed":
      return false;
    default:
      return phase satisfies never;
  }
}

function slotLine({ snapshot }: Turn, policy: Policy): string {
  const slots = snapshot.fleet?.slots ?? [];
  const paused = pauseOf(snapshot);
  if (paused !== null)
    return `Paused by ${escaped(paused.by === "" ? "someone" : paused.by)}: ${escaped(paused.reason)}`;
  const users = slots.length === 0 ? "no node is under way" : named(slots.map(({ node }) => node));
  return `Slots ${slots.length} of ${policy.maxRebooting}: ${users}.`;
}

function poolBlock(turn: Turn, policy: Policy, pool: Pool, room: number): Block {
  const nodes = [...turn.plan.nodes.values()].filter(({ situation }) => situation.pool?.name === pool.name);
  const shown = [...nodes].sort((a, b) => rankOf(a) - rankOf(b));
  const lines = shown.map((node) => nodeLine(node, policy, turn.now));
  const title = `*${escaped(pool.name)}* · ${pool.mode} · ${windowText(pool, policy, turn.now)}`;
  const left = room - title.length - 1;
  return section(`${title}\n${lines.length === 0 ? "no node" : listed(lines, LINES_MOST, left)}`);
}

/** What needs a look comes first, so that it is not among those left out. */
function rankOf(planned: PlannedNode): number {
  if (planned.phase.kind === "failed") return 0;
  if (isBlocked(planned)) return 1;
  if (planned.phase.kind !== "waiting") return 2;
  return isToGo(planned) ? 3 : 4;
}

function nodeLine(planned: PlannedNode, policy: Policy, now: number): string {
  const { situation, phase, holds } = planned;
  const name = escaped(situation.node.name);
  if (phase.kind === "failed") return `🛑 ${name}  failed, needs a look`;
  if (phase.kind !== "waiting")
    return `🔄 ${name}  ${phase.kind}${phase.kind === "draining" ? drainText(phase.refused.length) : ""}`;
  if (isBlocked(planned)) return `⛔ ${name}  ${escaped(holds[0]?.says ?? "blocked, tried again now")}`;
  if (situation.report?.pending != null) return `⏳ ${name}  ${escaped(holds[0]?.says ?? "is next")}`;
  const outcome = situation.reboot?.outcome;
  if (outcome?.kind === "rebooted")
    return `✅ ${name}  rebooted ${wallClock(outcome.at, policy.timeZone, now)} in ${formatDuration(outcome.took)}`;
  return situation.report === null ? `❔ ${name}  its agent has never reported` : `✅ ${name}  needs no reboot`;
}

const drainText = (refused: number): string =>
  refused === 0 ? "" : `, ${refused} ${refused === 1 ? "pod" : "pods"} refused`;

function policyLine({ policyStatus, now }: Turn, policy: Policy): string {
  const version =
    policy.commit === null ? "from a file" : `${policy.commit.slice(0, 7)} "${escaped(policy.subject ?? "")}"`;
  if (policyStatus === null || policyStatus.valid) return `Policy ${version}`;
  const since = wallClock(policyStatus.since, policy.timeZone, now);
  return `Policy ${version} stays in force. A newer one is not used since ${since}: ${listed(policyStatus.problems.map(escaped), 3)}`;
}
