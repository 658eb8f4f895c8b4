import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import { wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { isAsked, isOver, type Standing, standingOf, standingText } from "./approval-standing.ts";
import { actionId, type Block, type Card, type CardTarget, type Reference } from "./card.ts";
import { mentionsOf, personName } from "./mentions.ts";
import { type Button, buttons, clip, context, escaped, fallback, listed, named, section } from "./mrkdwn.ts";

/** Nodes that wait for approval, for long enough, and stand on no open card: one new wave for each pool. */
export function newWaves(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  if (policy.slackChannel === null) return [];
  const known = new Set(open.flatMap(({ targets }) => targets.map(({ node, digest }) => `${node} ${digest}`)));
  const isNew = ({ situation }: PlannedNode): boolean => !known.has(`${situation.node.name} ${nodeDigest(situation)}`);
  const waiting = [...turn.plan.nodes.values()].filter(
    (node) => node.holds.some(({ kind }) => kind === "approval") && isNew(node),
  );
  return policy.pools.flatMap((pool) => {
    const wave = waiting.filter(({ situation }) => situation.pool?.name === pool.name);
    // Asked once the first has waited long enough, with all that wait by then.
    if (!wave.some((node) => isDue(node, turn))) return [];
    const targets = wave.map(({ situation }) => ({
      node: situation.node.name,
      digest: nodeDigest(situation),
      isOver: false,
    }));
    return [approval(turn, policy, { key: keyOf(targets), targets })];
  });
}

const keyOf = (targets: readonly CardTarget[]): string =>
  `approval-${shortHash(targets.map(({ node, digest }) => `${node} ${digest}`))}`;

function isDue({ situation }: PlannedNode, { snapshot, now }: Turn): boolean {
  return now - (situation.report?.pending?.since ?? now) >= snapshot.timings.askApprovalAfter;
}

/** A node of the wave with how it stands. */
type Entry = readonly [CardTarget, Standing];

export function approval(turn: Turn, policy: Policy, wave: Pick<Reference, "key" | "targets">): Card {
  const { key } = wave;
  const entries = wave.targets.map((target): Entry => {
    const standing = standingOf(turn, target);
    return [{ ...target, isOver: isOver(standing) }, standing];
  });
  const asked = entries.filter(([, standing]) => isAsked(standing));
  const isOpen = entries.some(([, { kind }]) => kind === "asked" || kind === "approved" || kind === "under way");
  const pool = poolOf(turn, policy, wave.targets);
  const title = titleOf(pool, entries);
  const second = asked.length > 0 ? "Nothing happens without a yes." : approversText(turn, policy, wave.targets);
  const who = asked.length > 0 && pool !== null ? mentionsOf(policy, pool.may.approve?.by) : "";
  const blocks: Block[] = [
    section(`*${title}* ${who}\n${second}`),
    section(details(turn, policy, pool, entries)),
    section(listed(linesOf(entries, policy, turn.now), 20)),
  ];
  if (asked.length > 0) {
    blocks.push(
      ...buttons(actions(policy.cluster, key, pool)),
      context("Or reply: approve · approve 01 · skip until mon 09:00"),
    );
  }
  const alert = asked.length === 0 ? null : { key: "asked", says: `${title} ${who}` };
  const targets = entries.map(([target]) => target);
  const channel = policy.slackChannel ?? "";
  return { key, kind: "approval", channel, text: fallback(title, second), blocks, targets, alert, isOpen };
}

/** What the policy lets nobody do has no button. */
const actions = (cluster: string, key: string, pool: Pool | null): readonly Button[] => [
  ...(pool?.may.approve == null
    ? []
    : [{ label: "Approve", actionId: actionId("approve", cluster, key), style: "primary" } as const]),
  ...(pool?.may.skip == null ? [] : [{ label: "Skip…", actionId: actionId("skip", cluster, key) }]),
];

/** The first node may be gone; the wave is of one pool all the same. */
function poolOf(turn: Turn, policy: Policy, targets: readonly CardTarget[]): Pool | null {
  const names = targets.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.pool?.name ?? []);
  return policy.pools.find((pool) => pool.name === names[0]) ?? null;
}

function titleOf(pool: Pool | null, entries: readonly Entry[]): string {
  const of = (kind: Standing["kind"]): number => entries.filter(([, standing]) => standing.kind === kind).length;
  const name = clip(escaped(pool?.name ?? "no pool"), 300);
  const asked = of("asked");
  if (asked > 0) return `🔐 ${name}: ${asked === 1 ? "1 node wants" : `${asked} nodes want`} to reboot. Approve?`;
  const done = `${of("done")} of ${entries.length} rebooted`;
  if (of("approved") + of("under way") > 0) return `✔ ${name}: approved, ${done}`;
  return of("done") > 0 ? `✅ ${name}: ${done}` : `↻ ${name}: void`;
}

/** Who said yes to what the card showed, and when; from the decisions, so that it stays when the approval is spent. */
function approversText({ snapshot, now }: Turn, policy: Policy, targets: readonly CardTarget[]): string {
  const shown = new Set(targets.map(({ node, digest }) => `${node} ${digest}`));
  const yes = [...snapshot.decisions.values()].flatMap(({ verb, judgement }) => {
    if (verb !== "approve" || judgement?.outcome !== "counted" || judgement.person === null) return [];
    const isMeant = judgement.bound.some(({ node, digest }) => shown.has(`${node} ${digest}`));
    return isMeant ? [{ person: judgement.person, at: judgement.at }] : [];
  });
  const texts = yes
    .sort((a, b) => a.at - b.at)
    .map(({ person, at }) => `${personName(person)} at ${wallClock(at, policy.timeZone, now)}`);
  return texts.length === 0 ? "No decision is wanted here." : `Approved by ${named([...new Set(texts)], 4)}.`;
}

function details(turn: Turn, policy: Policy, pool: Pool | null, entries: readonly Entry[]): string {
  const { now } = turn;
  const pendings = entries.flatMap(([{ node }]) => turn.plan.nodes.get(node)?.situation.report?.pending ?? []);
  const reasons = [...new Set(pendings.flatMap((pending) => pending.reasons.map(({ text }) => text)))];
  const since = pendings.map((pending) => pending.since);
  const pending = since.length === 0 ? "" : ` · pending since ${wallClock(Math.min(...since), policy.timeZone, now)}`;
  const limit = policy.maxRebooting === 1 ? "one at a time" : `at most ${policy.maxRebooting} at a time`;
  return [
    `Why      ${named(reasons, 4) || "no reason is reported any more"}${pending}`,
    `How      ${limit}; stops if one doesn't come back well`,
    ...(pool === null
      ? []
      : [
          `When     ${whenText(pool, policy, now)}`,
          `Needs    ${pool.may.approve?.people ?? 1} of ${clip(escaped(pool.may.approve?.by ?? "nobody"), 300)}`,
        ]),
  ].join("\n");
}

function linesOf(entries: readonly Entry[], policy: Policy, now: number): readonly string[] {
  const asked = entries.filter(([, standing]) => isAsked(standing));
  const rest = entries.filter(([, standing]) => !isAsked(standing));
  return [...asked, ...rest].map(
    ([{ node }, standing]) => `${clip(escaped(node), 300)}  ${standingText(standing, policy, now)}`,
  );
}

function whenText(pool: Pool, policy: Policy, now: number): string {
  if (pool.windows === "always") return "at once; the window is always open";
  const opening = openingAt(scheduleOf(policy, pool), now) ?? nextOpening(scheduleOf(policy, pool), now);
  if (opening === null) return "the window never opens";
  return `${wallClock(opening.opens, policy.timeZone, now)} to ${wallClock(opening.closes, policy.timeZone, now)}`;
}
