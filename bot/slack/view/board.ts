import type { Turn } from "../../coordinator/coordinator.ts";
import { pauseOf } from "../../core/decide/pause.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { isBlocked } from "./blocked-node.ts";
import { boardButtons } from "./board-buttons.ts";
import { footText } from "./board-foot.ts";
import { secondLine } from "./board-head.ts";
import { type Drawn, isToGo, nodeLine, rankOf } from "./board-nodes.ts";
import { poolTitle } from "./board-pool.ts";
import type { Block, Card, Reference } from "./card.ts";
import { channelOf, channelsOf } from "./channels.ts";
import { gatesText } from "./gates.ts";
import {
  buttons,
  context,
  escaped,
  fallback,
  fitted,
  listed,
  named,
  nameText,
  SECTION_MOST,
  section,
} from "./mrkdwn.ts";
import { windowText } from "./window-text.ts";

const LINES_MOST = 25;
/** All pools together, and what the smallest share of one is. */
const POOLS_ROOM = 6_800;
const POOL_ROOM_LEAST = 400;

/**
 * The one message of a channel that shows the nodes of its pools. The slots are the whole cluster's. It does not say when it
 * was drawn: that would be an edit a minute for nothing, and Slack shows with each message when it was edited last.
 */
export function board(turn: Turn, policy: Policy, channel: string, known: readonly Reference[]): Card {
  const nodes = [...turn.plan.nodes.values()].filter(({ situation }) => channelOf(policy, situation.pool) === channel);
  const toGo = nodes.filter(isToGo);
  const blocked = toGo.filter(isBlocked);
  const count = `${toGo.length} of ${nodes.length} to go${blocked.length === 0 ? "" : ` · ${blocked.length} blocked`}`;
  const title = `${nameText(policy.cluster)} · ${count}${pauseOf(turn.snapshot) === null ? "" : " · paused"}`;
  const mine = policy.pools.filter((pool) => pool.slackChannel === channel);
  const drawn = { turn, channel, known, reading: { zone: policy.timeZone, now: turn.now } };
  const second = secondLine(turn, policy, mine, drawn.reading);
  const homeless = nodes.filter(({ situation }) => situation.pool === null).map(({ situation }) => situation.node.name);
  const key = keyIn(channel);
  const tail = [
    ...(homeless.length > 0 ? [section(`*no pool*\n${named(homeless)}`)] : []),
    ...gatesLine(turn),
    context(footText(turn, policy, drawn.reading)),
    ...buttons(boardButtons(turn, policy, key)),
  ];
  return {
    key,
    kind: "board",
    channel,
    text: fallback(title, second),
    blocks: fitted([section(`*${title}*\n${second}`)], poolBlocks(policy, mine, drawn), tail, "pools"),
    targets: [],
    alert: null,
    isOpen: true,
  };
}

function gatesLine({ plan, snapshot }: Turn): readonly Block[] {
  const gates = gatesText(plan, snapshot);
  return gates === "" ? [] : [context(`Gates ${gates}`)];
}

const keyIn = (channel: string): string => `board-${channel}`;

/** The policy speaks in this channel no more, and what stands there would be believed for ever. */
export function endedBoard(policy: Policy, { key, channel }: Reference): Card {
  const title = `↪ ${nameText(policy.cluster)} is not shown here any more`;
  const places = channelsOf(policy).map((one) => `<#${escaped(one)}>`);
  const second =
    places.length === 0 ? "The policy names no channel." : `See ${listed(places, 8).replaceAll("\n", ", ")}.`;
  const text = fallback(title, second);
  const blocks = [section(`*${title}*\n${second}`)];
  return { key, kind: "board", channel, text, blocks, targets: [], alert: null, isOpen: false };
}

function poolBlocks(policy: Policy, pools: readonly Pool[], drawn: Drawn): readonly Block[] {
  const { turn } = drawn;
  const share = Math.floor(POOLS_ROOM / Math.max(pools.length, 1));
  const room = Math.min(SECTION_MOST, Math.max(POOL_ROOM_LEAST, share));
  // What is the same for all of them stands above already.
  const texts = pools.map((pool) => windowText(pool, policy, turn.now));
  const isTold = new Set(texts).size > 1;
  return pools.map((pool, index) => {
    const nodes = [...turn.plan.nodes.values()].filter(({ situation }) => situation.pool?.name === pool.name);
    const window = isTold ? ` · ${texts[index]}` : "";
    const title = `*${nameText(pool.name)}* · ${poolTitle(pool, nodes, drawn)}${window}`;
    const lines = [...nodes].sort((a, b) => rankOf(a) - rankOf(b)).map((node) => nodeLine(node, drawn));
    return section(`${title}\n${lines.length === 0 ? "no node" : listed(lines, LINES_MOST, room - title.length - 1)}`);
  });
}
