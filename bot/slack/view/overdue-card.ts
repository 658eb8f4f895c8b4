import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import { formatDuration, type Instant, wallClock } from "../../core/instant.ts";
import { deadlineOf, isOverdue } from "../../core/overdue.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { isBlocked } from "./blocked-node.ts";
import type { Card, Reference } from "./card.ts";
import { mentionsOf } from "./mentions.ts";
import { clip, context, escaped, fallback, listed, nameText, section } from "./mrkdwn.ts";
import { latenessOf } from "./overdue.ts";
import { baseOf, type Place, placed } from "./placed.ts";

const LINES_MOST = 20;

/** One a pool, while nodes of it are past their deadline that no other card asks about; reminded of by the policy's beat. */
export function overdueCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const cards = policy.pools.flatMap((pool) => {
    const nodes = [...turn.plan.nodes.values()].filter(
      (node) => node.situation.pool?.name === pool.name && isLate(node),
    );
    const first = prefixOf(pool);
    const standing = open.map(baseOf).find((base) => base.startsWith(first));
    const base = standing ?? `${first}${firstDeadline(nodes)}`;
    if (nodes.length === 0 && standing === undefined) return [];
    const draw = (place: Place): Card => overdue(turn, policy, { pool, nodes, place });
    return placed({ base, channel: pool.slackChannel, draw }, open);
  });
  const prefixes = policy.pools.map(prefixOf);
  const left = open.filter((one) => !prefixes.some((prefix) => baseOf(one).startsWith(prefix)));
  return [...cards, ...left.map((one) => over("its pool", one))];
}

const prefixOf = ({ name }: Pool): string => `overdue-${shortHash([name])}-`;

/** What people are asked about on a card of its own is reminded of there. */
function isLate(node: PlannedNode): boolean {
  const { situation, phase, holds } = node;
  if (phase.kind !== "waiting" || !isOverdue(situation) || situation.pool?.mode === "observe") return false;
  return !isBlocked(node) && !holds.some(({ kind }) => kind === "approval");
}

const firstDeadline = (nodes: readonly PlannedNode[]): Instant =>
  Math.min(...nodes.flatMap(({ situation }) => deadlineOf(situation) ?? []));

interface Late {
  readonly pool: Pool;
  readonly nodes: readonly PlannedNode[];
  readonly place: Place;
}

function overdue({ now }: Turn, policy: Policy, { pool, nodes, place }: Late): Card {
  const name = nameText(pool.name);
  if (nodes.length === 0) return over(name, place);
  const who = mentionsOf(policy, policy.mention.overdue ?? pool.may.other?.by ?? pool.may.approve?.by);
  const title = `⏰ ${name}: ${nodes.length === 1 ? "1 node is" : `${nodes.length} nodes are`} overdue`;
  const second = `Nothing is down. They have wanted to reboot for more than ${formatDuration(pool.overdue.after)}.`;
  const lines = nodes.map(({ situation, holds }) => {
    const since = wallClock(situation.report?.pending?.since ?? now, policy.timeZone, now);
    return `${nameText(situation.node.name)}  pending since ${since}. ${clip(escaped(holds[0]?.says ?? "It is next."), 500)}`;
  });
  const lateness = latenessOf(nodes, pool, now);
  const replies = [
    ...(pool.may.now === null ? [] : ["approve now"]),
    ...(pool.may.skip === null ? [] : ["skip until mon 09:00"]),
  ];
  return {
    ...place,
    kind: "overdue",
    text: fallback(title, second),
    blocks: [
      section(`*${title}* ${who}\n${second}`),
      section(listed(lines, LINES_MOST)),
      ...(replies.length === 0 ? [] : [context(`Or reply: ${replies.join(" · ")}`)]),
    ],
    targets: nodes.map(({ situation }) => ({
      node: situation.node.name,
      digest: nodeDigest(situation),
      isOver: false,
    })),
    alert: { key: `overdue-${lateness?.reminder ?? 0}`, says: `${title} ${who}` },
    isOpen: true,
  };
}

function over(name: string, { key, channel }: Place): Card {
  const title = `✔ ${name}: no node is overdue any more`;
  const second = "See the board for how the nodes stand.";
  const blocks = [section(`*${title}*\n${second}`)];
  return {
    key,
    channel,
    kind: "overdue",
    text: fallback(title, second),
    blocks,
    targets: [],
    alert: null,
    isOpen: false,
  };
}
