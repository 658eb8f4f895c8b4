import type { Turn } from "../../coordinator/coordinator.ts";
import { blockersOf, nodeDigest, refusalsOf } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import type { Refusal } from "../../core/fleet/phase.ts";
import { wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import { FALLBACK, type Policy } from "../../core/policy/policy.ts";
import { isBlocked } from "./board.ts";
import { actionId, type Block, type Card, type Reference } from "./card.ts";
import { mentionsOf, personName } from "./mentions.ts";
import { type Button, buttons, context, escaped, fallback, listed, section } from "./mrkdwn.ts";

/** One card for a node and a boot: tries come and go on it until the node was rebooted. */
const keyOf = ({ situation }: PlannedNode): string =>
  `blocked-${shortHash([situation.node.uid, situation.node.bootId ?? ""])}`;

export function blockedCards(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  const nodes = [...turn.plan.nodes.values()];
  const known = new Set(open.map(({ key }) => key));
  const shown = nodes
    .filter((node) => known.has(keyOf(node)) || isToShow(node, turn))
    .map((node) => blocked(turn, policy, node, keyOf(node)));
  const keys = new Set(shown.map(({ key }) => key));
  const ended = open.filter(({ key }) => !keys.has(key)).map((reference) => resolved(turn, reference));
  return [...shown, ...ended];
}

/** While it drains, a refusal may pass within seconds; only one that stays is worth a card. */
function isToShow(planned: PlannedNode, { now, snapshot }: Turn): boolean {
  const { phase } = planned;
  if (phase.kind === "draining")
    return phase.onlyRefusedSince !== null && now - phase.onlyRefusedSince >= snapshot.timings.showBlockedAfter;
  return (phase.kind === "waiting" || phase.kind === "yielding") && isBlocked(planned);
}

function blocked(turn: Turn, policy: Policy, planned: PlannedNode, key: string): Card {
  const { situation, phase } = planned;
  const { node, reboot, report } = situation;
  const name = escaped(node.name);
  const refusals = refusalsOf(reboot);
  const names = escaped(blockersOf(reboot).join(", "));
  const isStuck = isBlocked(planned);
  const what = names === "" ? "pods that don't go" : `PDB ${names} allows no eviction`;
  const title = isStuck ? `⛔ ${name} can't be drained: ${what}` : `🔄 ${name} is tried again (${phase.kind})`;
  const isCordoned = phase.kind === "draining";
  const second = isCordoned
    ? `Nothing is down. The node is cordoned while it drains; it gives up at ${giveUpText(turn, policy, planned)}.`
    : "Nothing is down. The node is uncordoned and serving; other nodes go on.";
  const isOpen = report?.pending != null || phase.kind !== "waiting";
  const targets = [{ node: node.name, digest: nodeDigest(situation, blockersOf(reboot)) }];
  const who = isStuck ? mentionsOf(policy, situation.pool?.may.force?.by ?? situation.pool?.may.other?.by) : "";
  const blocks: Block[] = [section(`*${title}* ${who}\n${second}`)];
  if (refusals.length > 0) blocks.push(section(details(turn, policy, planned, refusals)));
  if (isOpen && isStuck) {
    blocks.push(
      ...buttons(actions(planned, policy.cluster, key)),
      context("Or reply: retry · skip until fri 18:00 · force &lt;reason&gt;"),
    );
  }
  const alert = isStuck
    ? { key: `${reboot?.phase.kind === "waiting" ? "" : "draining "}${reboot?.tries ?? 0}`, says: title }
    : null;
  return {
    key,
    kind: "blocked",
    channel: policy.slackChannel ?? "",
    text: fallback(title, second),
    blocks,
    targets,
    alert: isOpen ? alert : null,
    isOpen,
  };
}

function giveUpText({ now }: Turn, policy: Policy, { situation, phase }: PlannedNode): string {
  const since = phase.kind === "draining" ? phase.onlyRefusedSince : null;
  const at = (since ?? now) + (situation.pool ?? FALLBACK).drain.giveUpAfter;
  return wallClock(at, policy.timeZone, now);
}

function details(
  turn: Turn,
  policy: Policy,
  { situation, holds, phase }: PlannedNode,
  refusals: readonly Refusal[],
): string {
  const { now } = turn;
  const next = holds[0]?.says ?? (phase.kind === "waiting" ? "it is its turn now" : `it is ${phase.kind}`);
  const forced = situation.standing.forces.map(({ person }) => personName(person)).join(" and ");
  const force =
    forced === "" ? [] : [`Force    asked by ${escaped(forced)}; ${situation.pool?.may.force?.people ?? 1} needed`];
  const tried =
    situation.reboot?.outcome?.kind === "yielded"
      ? [`Tried    gave up at ${wallClock(situation.reboot.outcome.at, policy.timeZone, now)}`]
      : [];
  return [
    `Why      ${listed(refusals.map(whyText), 6)}`,
    ...fixLines(refusals),
    ...tried,
    ...force,
    `Next     ${escaped(next)}`,
  ].join("\n");
}

function whyText({ kind, pod, namespace, budgets, message }: Refusal): string {
  const where = `pod ${escaped(`${namespace}/${pod}`)}`;
  const [budget] = budgets;
  if (kind !== "budget" || budget === undefined) return `${where}: ${escaped(message)}`;
  const name = escaped(`${budget.namespace}/${budget.name}`);
  return `PDB ${name} wants ${budget.desiredHealthy} healthy and has ${budget.currentHealthy} (of ${budget.expectedPods} expected), so ${where} may not go.`;
}

/** The change that most often helps, as a command to copy; a person decides whether it does here. */
function fixLines(refusals: readonly Refusal[]): readonly string[] {
  const budget = refusals.find(({ kind }) => kind === "budget")?.budgets[0];
  if (budget === undefined || budget.currentHealthy > budget.desiredHealthy) return [];
  const target = `kubectl -n ${escaped(budget.namespace)} describe pdb ${escaped(budget.name)}`;
  return [`Fix      run one more replica than the PDB wants, or loosen it: ${target}. I notice and go on by myself.`];
}

/** The safest stands left, force last and red; one that can't work now is absent. */
function actions({ situation, phase }: PlannedNode, cluster: string, key: string): readonly Button[] {
  const { pool, reboot } = situation;
  const all: Button[] = [];
  if (phase.kind === "waiting" && pool?.may.other != null)
    all.push({ label: "Try again", actionId: actionId("retry", cluster, key) });
  if (pool?.may.skip != null) all.push({ label: "Skip…", actionId: actionId("skip", cluster, key) });
  const canForce = pool?.may.force != null && blockersOf(reboot).length > 0 && situation.standing.force === null;
  if (canForce) all.push({ label: "Force…", actionId: actionId("force", cluster, key), style: "danger" });
  return all;
}

/** The boot that the card was about is over, or the node is gone. */
function resolved({ plan }: Turn, reference: Reference): Card {
  const node = reference.targets[0]?.node ?? "";
  const outcome = plan.nodes.get(node)?.situation.reboot?.outcome;
  const isRebooted = outcome?.kind === "rebooted";
  const title = isRebooted ? `✅ ${escaped(node)} was rebooted` : `↻ ${escaped(node)}: this is over`;
  const second = isRebooted ? "It is uncordoned and serving." : "The node runs another boot, or is gone.";
  const { key, channel, targets } = reference;
  return {
    key,
    kind: "blocked",
    channel,
    text: fallback(title, second),
    blocks: [section(`*${title}*\n${second}`)],
    targets,
    alert: null,
    isOpen: false,
  };
}
