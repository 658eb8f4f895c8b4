import { budgetsWorse } from "../../core/advance/baseline.ts";
import { orderedUnder } from "../../core/fleet/reboot.ts";
import type { Instant } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Recorded } from "../../core/situation.ts";
import { approversOf, nodesThat, type Wave } from "./approval-wave.ts";
import { blockedBase, isBlocked } from "./blocked-node.ts";
import { isToGo } from "./board-nodes.ts";
import type { Block } from "./card.ts";
import { channelOf } from "./channels.ts";
import { cardLink, versionLinks } from "./links.ts";
import { personText } from "./mentions.ts";
import { fallback, listed, nameText, section } from "./mrkdwn.ts";
import { at, minutes, minutesOnly, span } from "./times.ts";

/** The reboot of one node of the wave, from its slot to the end of its watch. */
interface Run {
  readonly situation: Recorded;
  readonly from: Instant;
  readonly to: Instant;
}

/** It is read on any later day, so the day of a time is always said. */
const ANY_DAY: Instant = 0;
const RUNS_MOST = 25;
const OPEN_MOST = 5;
const FORCES_MOST = 4;
const VERSIONS_MOST = 2;

/** The last edit of the card: what was done, how long it took, who said yes, and what is left. Null where nothing was done. */
export function doneText(wave: Wave): { readonly text: string; readonly blocks: readonly Block[] } | null {
  const runs = runsOf(wave);
  if (runs.length === 0) return null;
  const from = Math.min(...runs.map((run) => run.from));
  const to = Math.max(...runs.map((run) => run.to));
  const when = span(from, to, { zone: wave.policy.timeZone, now: ANY_DAY });
  const count = `${runs.length} of ${wave.entries.length} rebooted in ${minutes(to - from)}`;
  const title = `✅ ${nameText(wave.pool?.name ?? "no pool")}: ${count}, ${when}`;
  const second = listed(runs.map(runText), RUNS_MOST).replaceAll("\n", " · ");
  const lines = [...voidLine(wave), ...stateLine(wave, runs), lastLine(wave, runs, { from, to })];
  return { text: fallback(title, second), blocks: [section(`*${title}*\n${second}`), section(lines.join("\n"))] };
}

function runsOf(wave: Wave): readonly Run[] {
  const runs = nodesThat(wave, ({ kind }) => kind === "done").flatMap(({ situation }): readonly Run[] => {
    const { reboot } = situation;
    if (reboot?.outcome?.kind !== "rebooted") return [];
    const { at: to, took } = reboot.outcome;
    return [{ situation: { ...situation, reboot }, from: to - took, to }];
  });
  return runs.sort((a, b) => a.to - b.to);
}

/** "abal-kuber01 16 min (drain 9)" */
function runText({ situation: { node, reboot }, from, to }: Run): string {
  const order = reboot.history.findLast(({ phase }) => phase === "waiting")?.order ?? null;
  const beganAt = (phase: string): Instant | undefined =>
    reboot.history.find((entry) => entry.order === order && entry.phase === phase)?.at;
  const [drain, end] = [beganAt("draining"), beganAt("rebooting")];
  const share = drain === undefined || end === undefined ? "" : ` (drain ${minutesOnly(end - drain)})`;
  return `${nameText(node.name)} ${minutes(to - from)}${share}`;
}

function voidLine(wave: Wave): readonly string[] {
  const gone = wave.entries.flatMap(([{ node }, standing]) => (standing.kind === "void" ? [nameText(node)] : []));
  return gone.length === 0 ? [] : [`Not by this card: ${listed(gone, 8).replaceAll("\n", ", ")}.`];
}

/** Only what is known to be so: the kernels that the agents report, the budgets that the drains touched, the alerts. */
function stateLine({ turn }: Wave, runs: readonly Run[]): readonly string[] {
  const kernels = new Set(runs.map(({ situation }) => situation.report?.kernel ?? null));
  const [kernel = null] = kernels.size === 1 ? kernels : [];
  const says = [
    ...(kernel === null ? [] : [`Kernel ${nameText(kernel, 100)} now.`]),
    ...(runs.every(({ situation }) => areBudgetsWell(situation)) ? ["All disruption budgets healthy again."] : []),
    ...(isQuiet(turn.plan.gates) ? ["No alerts."] : []),
  ];
  return says.length === 0 ? [] : [says.join(" ")];
}

const isQuiet = (gates: Wave["turn"]["plan"]["gates"]): boolean => {
  const ofAlerts = gates.filter(({ gate }) => gate.kind === "alerts");
  return ofAlerts.length > 0 && ofAlerts.every(({ state }) => state === "green");
};

function areBudgetsWell(situation: Recorded): boolean {
  const { baseline } = situation.reboot;
  const { budgets } = situation.snapshot;
  if (baseline === null || baseline.budgets.length === 0) return false;
  const isKnown = baseline.budgets.every(({ namespace, name }) => budgets.has(`${namespace}/${name}`));
  return isKnown && budgetsWorse(situation) === null;
}

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

function lastLine(wave: Wave, runs: readonly Run[], time: Span): string {
  const yes = approversOf(wave, { zone: wave.policy.timeZone, now: ANY_DAY });
  return [
    yes === "" ? "No approval was needed" : `Approved by ${yes}`,
    ...forcedText(wave, time),
    ...versionsText(wave, runs),
    ...openText(wave),
  ].join(" · ");
}

/** What the orders were given under, which need not be what is in force by now. */
function versionsText({ policy }: Wave, runs: readonly Run[]): readonly string[] {
  const versions = runs.flatMap(({ situation: { reboot } }) => {
    const under = orderedUnder(reboot);
    return under === null ? [] : (versionLinks(under, policy) ?? []);
  });
  const distinct = [...new Set(versions)];
  return distinct.length === 0 ? [] : [`policy ${listed(distinct, VERSIONS_MOST).replaceAll("\n", ", ")}`];
}

/** Where the policy itself may force, it is not known from people's decisions whether it did. */
function forcedText(wave: Wave, { from, to }: Span): readonly string[] {
  if (wave.pool === null || wave.pool.drain.forceAfter !== null) return [];
  const nodes = new Set(wave.entries.map(([{ node }]) => node));
  const forces = [...wave.turn.snapshot.decisions.values()].flatMap(({ verb, judgement }) => {
    if (verb !== "force" || judgement?.outcome !== "counted" || judgement.at > to) return [];
    const isOver = judgement.validUntil !== null && judgement.validUntil < from;
    return isOver || !judgement.bound.some(({ node }) => nodes.has(node)) ? [] : [judgement];
  });
  if (forces.length === 0) return ["nothing forced"];
  const reading = { zone: wave.policy.timeZone, now: ANY_DAY };
  const texts = forces.map(
    ({ person, at: when }) => `force by ${personText(person ?? "someone")} at ${at(when, reading)}`,
  );
  return [...new Set(texts)].slice(0, FORCES_MOST);
}

/** Nodes of the same channel that are still to go; those with a card of their own lead to it. */
function openText({ turn, policy, pool, references }: Wave): readonly string[] {
  const channel = channelOf(policy, pool);
  const open = [...turn.plan.nodes.values()].filter(
    (planned) => isToGo(planned) && channelOf(policy, planned.situation.pool) === channel,
  );
  if (open.length === 0) return [];
  const texts = open.map(
    (planned) => `${nameText(planned.situation.node.name)}${linkOf(planned, channel, references)}`,
  );
  return [`Still open: ${listed(texts, OPEN_MOST).replaceAll("\n", ", ")}`];
}

function linkOf(planned: PlannedNode, channel: string | null, references: Wave["references"]): string {
  if (channel === null) return "";
  if (planned.phase.kind === "failed")
    return cardLink(references, { kind: "failed", channel, base: `failed-${planned.phase.order}` });
  return isBlocked(planned) ? cardLink(references, { kind: "blocked", channel, base: blockedBase(planned) }) : "";
}
