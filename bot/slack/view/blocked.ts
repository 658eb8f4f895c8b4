import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf, nodeDigest, refusalsOf } from "../../core/decide/digest.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { actionsOf } from "./blocked-buttons.ts";
import { details } from "./blocked-details.ts";
import { secondOf, titleOf } from "./blocked-head.ts";
import { blockedBase, isBlocked } from "./blocked-node.ts";
import { tryOf } from "./blocked-tries.ts";
import type { Card, Reference } from "./card.ts";
import { channelOf } from "./channels.ts";
import { mentionsOf } from "./mentions.ts";
import { fallback, nameText, section } from "./mrkdwn.ts";
import { latenessOf } from "./overdue.ts";
import { baseOf, type Place, placed } from "./placed.ts";

export function blockedCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const known = new Set(open.map(baseOf));
  const bases = new Map(
    [...turn.plan.nodes.values()].flatMap((node) => {
      const isShown = isToShow(node, turn) || (known.size > 0 && known.has(blockedBase(node)));
      return isShown ? [[blockedBase(node), node] as const] : [];
    }),
  );
  const shown = [...bases].flatMap(([base, node]) => {
    const channel = channelOf(policy, node.situation.pool);
    return placed({ base, channel, draw: (place) => blocked(turn, policy, node, place) }, open);
  });
  const ended = open.filter((one) => !bases.has(baseOf(one))).map((reference) => resolved(turn, reference));
  return [...shown, ...ended];
}

/** While it drains, a refusal may pass within seconds; only one that stays is worth a card. */
function isToShow(planned: PlannedNode, { now, snapshot }: Turn): boolean {
  const { phase } = planned;
  if (phase.kind === "draining")
    return phase.onlyRefusedSince !== null && now - phase.onlyRefusedSince >= snapshot.timings.showBlockedAfter;
  return (phase.kind === "waiting" || phase.kind === "yielding") && isBlocked(planned);
}

function blocked(turn: Turn, policy: Policy, planned: PlannedNode, { key, channel }: Place): Card {
  const { situation, phase } = planned;
  const { node, reboot, report, pool } = situation;
  const refusals = refusalsOf(reboot);
  const isStuck = isBlocked(planned);
  const title = titleOf(planned, isStuck);
  const second = secondOf(turn, policy, planned);
  const isOpen = report?.pending != null || phase.kind !== "waiting";
  const group = policy.mention.blocked ?? pool?.may.force?.by ?? pool?.may.other?.by;
  const who = isStuck ? mentionsOf(policy, group) : "";
  const blocks = [
    section(`*${title}*${who === "" ? "" : ` ${who}`}\n${second}`),
    ...(isStuck ? [section(details(turn, policy, planned, refusals)), ...actionsOf(planned, policy.cluster, key)] : []),
  ];
  return {
    key,
    kind: "blocked",
    channel,
    text: fallback(title, second),
    blocks,
    targets: [{ node: node.name, digest: nodeDigest(situation, blockersOf(reboot)), isOver: false }],
    alert: isStuck ? alertOf(turn, planned, `${title} ${who}`) : null,
    isOpen,
  };
}

/** Once a try, and once more at each reminder of a node that is past its deadline. */
function alertOf({ now }: Turn, planned: PlannedNode, says: string): Card["alert"] {
  const { pool } = planned.situation;
  const reminder = pool === null ? null : (latenessOf([planned], pool, now)?.reminder ?? null);
  if (reminder === null) return { key: tryOf(planned), says };
  return { key: `${tryOf(planned)} overdue-${reminder}`, says: `${says} This is overdue.` };
}

/** The boot that the card was about is over, or the node is gone. */
function resolved({ plan }: Turn, reference: Reference): Card {
  const node = reference.targets[0]?.node ?? "";
  const planned = plan.nodes.get(node);
  const name = nameText(node);
  const isRebooted = planned?.situation.reboot?.outcome?.kind === "rebooted";
  const title = isRebooted ? `✅ ${name} was rebooted` : `↻ ${name}: this is over`;
  const { key, channel, targets } = reference;
  const second = planned === undefined ? "The node is gone." : "It runs another boot. See the board for how it stands.";
  return {
    key,
    kind: "blocked",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}*\n${second}`)],
    targets: targets.map((target) => ({ ...target, isOver: true })),
    alert: null,
    isOpen: false,
  };
}
