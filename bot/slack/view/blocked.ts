import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf, nodeDigest, refusalsOf } from "../../core/decide/digest.ts";
import { movableOf } from "../../core/drain/move.ts";
import type { Node } from "../../core/fleet/node.ts";
import { shortHash } from "../../core/fleet/order.ts";
import type { Refusal } from "../../core/fleet/phase.ts";
import { wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { POOL_DEFAULTS, type Policy } from "../../core/policy/policy.ts";
import type { Situation } from "../../core/situation.ts";
import { isBlocked } from "./board.ts";
import { actionId, type Block, type Card, type Reference } from "./card.ts";
import { channelOf } from "./channels.ts";
import { mentionsOf, personText } from "./mentions.ts";
import {
  type Button,
  buttons,
  clip,
  context,
  escaped,
  fallback,
  listed,
  named,
  SECTION_MOST,
  section,
} from "./mrkdwn.ts";
import { latenessOf } from "./overdue.ts";
import { baseOf, type Place, placed } from "./placed.ts";

const FIXES_MOST = 3;

/** One card for a node and a boot: tries come and go on it until the node was rebooted. */
const baseFor = ({ situation }: PlannedNode): string =>
  `blocked-${shortHash([situation.node.uid, situation.node.bootId ?? ""])}`;

export function blockedCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const known = new Set(open.map(baseOf));
  const bases = new Map(
    [...turn.plan.nodes.values()].flatMap((node) => {
      const isShown = isToShow(node, turn) || (known.size > 0 && known.has(baseFor(node)));
      return isShown ? [[baseFor(node), node] as const] : [];
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
  const blocks: Block[] = [section(`*${title}* ${who}\n${second}`)];
  if (isStuck) {
    blocks.push(
      section(details(turn, policy, planned, refusals)),
      ...buttons(actions(planned, policy.cluster, key)),
      context(`Or reply: retry${canMove(refusals) ? " · move" : ""} · skip until fri 18:00 · force &lt;reason&gt;`),
    );
  }
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

/** The order of the try that met the refusal: people are told once a try, not at its drain and again at its end. */
function tryOf({ situation, phase }: PlannedNode): string {
  if (phase.kind !== "waiting") return phase.order;
  return hasTried(situation) && situation.reboot?.outcome?.kind === "yielded"
    ? situation.reboot.outcome.order
    : `held-${situation.reboot?.blockedSince ?? 0}`;
}

/** A try met what blocks it; else a check before the cordon did. */
function hasTried({ reboot }: Situation): boolean {
  const outcome = reboot?.outcome;
  return outcome?.kind === "yielded" && outcome.why.kind === "blocked";
}

function titleOf({ situation, phase, holds }: PlannedNode, isStuck: boolean): string {
  const name = clip(escaped(situation.node.name), 300);
  const blockers = blockersOf(situation.reboot);
  const budgets = `PDB ${named(blockers, 3)}`;
  if (isStuck && blockers.length === 0) return `⛔ ${name} can't be drained: pods that don't go`;
  if (isStuck)
    return `⛔ ${name} can't be drained: ${budgets} ${blockers.length === 1 ? "allows" : "allow"} no eviction`;
  if (phase.kind !== "waiting") return `🔄 ${name} is tried again (${phase.kind})`;
  if (situation.report?.pending == null) return `↻ ${name} needs no reboot any more`;
  const waits = holds.length === 0 ? "is next" : "goes when its turn comes";
  return blockers.length === 0
    ? `⏳ ${name} waits for another try`
    : `⏳ ${name} ${waits}: ${budgets} would allow an eviction now`;
}

/** Whether anything is down comes before all else. */
function secondOf(turn: Turn, policy: Policy, planned: PlannedNode): string {
  const { phase, situation } = planned;
  switch (phase.kind) {
    case "waiting":
      return hasTried(situation) || situation.blockers.length === 0
        ? servingText(situation.node)
        : "Nothing was touched: the check before the cordon found this.";
    case "preparing":
      return servingText(situation.node);
    case "draining":
      return `Nothing is down. The node is cordoned; its other pods keep serving elsewhere${giveUpText(turn, policy, planned)}.`;
    case "yielding":
      return "Nothing is down. The node gives up this try and goes back to serving; other nodes go on.";
    case "rebooting":
      return "Its pods were moved, and it reboots now.";
    case "verifying":
      return "It was rebooted, and is being checked.";
    case "failed":
      return "Its reboot failed. See that card.";
    default:
      return phase satisfies never;
  }
}

function servingText({ ready, cordon }: Node): string {
  if (!ready) return "The node is not Ready.";
  if (cordon.kind === "foreign") return "Nothing is down. Someone else keeps the node cordoned; other nodes go on.";
  if (cordon.kind === "ours") return "Nothing is down. Its cordon is being lifted; other nodes go on.";
  return "Nothing is down. The node is uncordoned and serving; other nodes go on.";
}

function giveUpText({ now }: Turn, policy: Policy, { situation, phase }: PlannedNode): string {
  const since = phase.kind === "draining" ? phase.onlyRefusedSince : null;
  if (since === null) return "";
  const at = since + (situation.pool ?? POOL_DEFAULTS).drain.giveUpAfter;
  return `; gives up at ${wallClock(at, policy.timeZone, now)}`;
}

function details(
  turn: Turn,
  policy: Policy,
  { situation, holds, phase }: PlannedNode,
  refusals: readonly Refusal[],
): string {
  const { now } = turn;
  const next = holds[0]?.says ?? (phase.kind === "waiting" ? "it is its turn now" : `it is ${phase.kind}`);
  const forced = situation.standing.forces.map(({ person }) => personText(person)).join(" and ");
  const force = forced === "" ? [] : [`Force    asked by ${forced}; ${situation.pool?.may.force?.people ?? 1} needed`];
  const tried =
    situation.reboot?.outcome?.kind === "yielded"
      ? [`Tried    gave up at ${wallClock(situation.reboot.outcome.at, policy.timeZone, now)}`]
      : [];
  const after = [...fixLines(refusals), ...tried, ...force, `Next     ${clip(escaped(next), 600)}`].join("\n");
  const room = SECTION_MOST - after.length - 20;
  return `Why      ${listed(refusals.map(whyText), 6, room)}\n${after}`;
}

function whyText({ kind, pod, namespace, budgets, message, diagnosis }: Refusal): string {
  if (diagnosis !== null) return clip(escaped(diagnosis.says), 700);
  const where = `pod ${clip(escaped(`${namespace}/${pod}`), 400)}`;
  const [budget] = budgets;
  if (kind !== "budget" || budget === undefined) return `${where}: ${clip(escaped(message), 400)}`;
  const name = clip(escaped(`${budget.namespace}/${budget.name}`), 400);
  const pods = budget.desiredHealthy === 1 ? "pod" : "pods";
  return `PDB ${name} wants ${budget.desiredHealthy} healthy ${pods} and has ${budget.currentHealthy} (expected ${budget.expectedPods}), so ${where} may not go.`;
}

/** The changes that would let the pods go, as commands to copy; a person decides whether they fit here. */
function fixLines(refusals: readonly Refusal[]): readonly string[] {
  const fixes = new Map(refusals.flatMap(({ diagnosis }) => diagnosis?.fixes ?? []).map((fix) => [fix.command, fix]));
  const lines = [...fixes.values()].slice(0, FIXES_MOST).map(({ says, command }) => {
    return `Fix      \`${clip(escaped(command), 400)}\` (${clip(escaped(says), 200)})`;
  });
  return lines.length === 0 ? [] : [...lines, "I notice and go on by myself."];
}

const canMove = (refusals: readonly Refusal[]): boolean => refusals.some((refusal) => movableOf(refusal) !== null);

/** The safest stands left, force last and red; one that can't work now is absent. */
function actions({ situation, holds }: PlannedNode, cluster: string, key: string): readonly Button[] {
  const { pool, reboot } = situation;
  const all: Button[] = [];
  if (pool?.may.other != null && canMove(refusalsOf(reboot)))
    all.push({ label: "Move the pod first", actionId: actionId("move", cluster, key) });
  const canRetry = holds.some(({ kind }) => kind === "back-off" || kind === "would be blocked");
  if (pool?.may.other != null && canRetry) all.push({ label: "Try again", actionId: actionId("retry", cluster, key) });
  if (pool?.may.skip != null) all.push({ label: "Skip…", actionId: actionId("skip", cluster, key) });
  const canForce = pool?.may.force != null && blockersOf(reboot).length > 0 && situation.standing.force === null;
  if (canForce) all.push({ label: "Force…", actionId: actionId("force", cluster, key), style: "danger" });
  return all;
}

/** The boot that the card was about is over, or the node is gone. */
function resolved({ plan }: Turn, reference: Reference): Card {
  const node = reference.targets[0]?.node ?? "";
  const planned = plan.nodes.get(node);
  const name = clip(escaped(node), 300);
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
