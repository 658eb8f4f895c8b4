import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest, whatChanged } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import { formatDuration, wallClock } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { nextOpening, openingAt } from "../../core/policy/window.ts";
import { actionId, type Block, type Card, type CardTarget, type Reference } from "./card.ts";
import { mentionsOf, personName } from "./mentions.ts";
import { type Button, buttons, context, escaped, fallback, listed, named, section } from "./mrkdwn.ts";

/** Nodes that wait for approval, for long enough, and stand on no open card: one new wave for each pool. */
export function newWaves(turn: Turn, policy: Policy, open: readonly Reference[]): readonly Card[] {
  if (policy.slackChannel === null) return [];
  const known = new Set(open.flatMap(({ targets }) => targets.map(({ node, digest }) => `${node} ${digest}`)));
  const waiting = [...turn.plan.nodes.values()].filter(
    (node) => wantsApproval(node, turn) && !known.has(`${node.situation.node.name} ${nodeDigest(node.situation)}`),
  );
  return policy.pools.flatMap((pool) => {
    const wave = waiting.filter(({ situation }) => situation.pool?.name === pool.name);
    const targets = wave.map(({ situation }) => ({ node: situation.node.name, digest: nodeDigest(situation) }));
    return wave.length === 0 ? [] : [approval(turn, policy, { key: keyOf(targets), targets })];
  });
}

const keyOf = (targets: readonly CardTarget[]): string =>
  `approval-${shortHash(targets.map(({ node, digest }) => `${node} ${digest}`))}`;

function wantsApproval({ situation, holds }: PlannedNode, { snapshot, now }: Turn): boolean {
  const since = situation.report?.pending?.since ?? now;
  return holds.some(({ kind }) => kind === "approval") && now - since >= snapshot.timings.askApprovalAfter;
}

/** How one node of the wave stands. */
type Standing =
  | { readonly kind: "asked" }
  | { readonly kind: "approved"; readonly by: string; readonly until: number | null }
  | { readonly kind: "under way"; readonly phase: string }
  | { readonly kind: "done"; readonly says: string }
  | { readonly kind: "void"; readonly why: string };

export function approval(turn: Turn, policy: Policy, { key, targets }: Pick<Reference, "key" | "targets">): Card {
  const standings = targets.map((target) => [target.node, standingOf(turn, target)] as const);
  const asked = standings.filter(([, { kind }]) => kind === "asked").map(([node]) => node);
  const isOpen = standings.some(([, { kind }]) => kind === "asked" || kind === "approved" || kind === "under way");
  const pool = poolOf(turn, policy, targets);
  const title = titleOf(pool, targets, standings);
  const second = asked.length > 0 ? "Nothing happens without a yes." : "No decision is wanted here.";
  const who = asked.length > 0 && pool !== null ? mentionsOf(policy, pool.may.approve?.by) : "";
  const blocks: Block[] = [
    section(`*${title}* ${who}\n${second}`),
    section(details(turn, policy, pool, targets, standings)),
  ];
  if (asked.length > 0) {
    blocks.push(
      ...buttons(actions(policy.cluster, key)),
      context("Or reply: approve · approve 01 · skip until mon 09:00"),
    );
  }
  const alert = asked.length === 0 ? null : { key: "asked", says: title };
  const channel = policy.slackChannel ?? "";
  return { key, kind: "approval", channel, text: fallback(title, second), blocks, targets, alert, isOpen };
}

const actions = (cluster: string, key: string): readonly Button[] => [
  { label: "Approve", actionId: actionId("approve", cluster, key), style: "primary" },
  { label: "Skip…", actionId: actionId("skip", cluster, key) },
];

function standingOf({ plan }: Turn, { node, digest }: CardTarget): Standing {
  const planned = plan.nodes.get(node);
  if (planned === undefined) return { kind: "void", why: "the node is gone" };
  const { situation, phase } = planned;
  if (phase.kind !== "waiting") return { kind: "under way", phase: phase.kind };
  const change = whatChanged(digest, nodeDigest(situation));
  const outcome = situation.reboot?.outcome;
  if (change !== null) {
    if (outcome?.kind === "rebooted") return { kind: "done", says: `rebooted in ${formatDuration(outcome.took)}` };
    return { kind: "void", why: change };
  }
  if (situation.report?.pending == null) return { kind: "void", why: "it needs no reboot any more" };
  const { approved, approvals } = situation.standing;
  if (!approved) return { kind: "asked" };
  const ends = approvals.flatMap(({ validUntil }) => validUntil ?? []);
  const by = approvals.map(({ person }) => personName(person)).join(" and ");
  return { kind: "approved", by, until: ends.length === 0 ? null : Math.min(...ends) };
}

function poolOf(turn: Turn, policy: Policy, targets: readonly CardTarget[]): Pool | null {
  const name = turn.plan.nodes.get(targets[0]?.node ?? "")?.situation.pool?.name;
  return policy.pools.find((pool) => pool.name === name) ?? null;
}

function titleOf(
  pool: Pool | null,
  targets: readonly CardTarget[],
  standings: readonly (readonly [string, Standing])[],
): string {
  const of = (kind: Standing["kind"]): number => standings.filter(([, standing]) => standing.kind === kind).length;
  const name = escaped(pool?.name ?? "no pool");
  const nodes = targets.length === 1 ? "1 node wants" : `${targets.length} nodes want`;
  if (of("asked") > 0) return `🔐 ${name}: ${nodes} to reboot. Approve?`;
  if (of("approved") + of("under way") > 0) return `✔ ${name}: approved, ${of("done")} of ${targets.length} rebooted`;
  return of("done") > 0 ? `✅ ${name}: ${of("done")} of ${targets.length} rebooted` : `↻ ${name}: void`;
}

function details(
  turn: Turn,
  policy: Policy,
  pool: Pool | null,
  targets: readonly CardTarget[],
  standings: readonly (readonly [string, Standing])[],
): string {
  const { now } = turn;
  const reasons = targets.flatMap(
    ({ node }) => turn.plan.nodes.get(node)?.situation.report?.pending?.reasons.map(({ text }) => text) ?? [],
  );
  const since = targets.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.report?.pending?.since ?? []);
  const lines = standings.map(([node, standing]) => `${escaped(node)}  ${standingText(standing, policy, now)}`);
  const pending = since.length === 0 ? "" : ` · pending since ${wallClock(Math.min(...since), policy.timeZone, now)}`;
  return [
    `Nodes    ${named(targets.map(({ node }) => node))}; ${policy.maxRebooting === 1 ? "one at a time" : `at most ${policy.maxRebooting} at a time`}`,
    `Why      ${named([...new Set(reasons)], 4) || "no reason is reported any more"}${pending}`,
    ...(pool === null
      ? []
      : [
          `When     ${whenText(pool, policy, now)}`,
          `Needs    ${pool.may.approve?.people ?? 1} of ${escaped(pool.may.approve?.by ?? "nobody")}`,
        ]),
    listed(lines, 20),
  ].join("\n");
}

function whenText(pool: Pool, policy: Policy, now: number): string {
  if (pool.windows === "always") return "at once; the window is always open";
  const opening = openingAt(pool.windows, policy.timeZone, now) ?? nextOpening(pool.windows, policy.timeZone, now);
  if (opening === null) return "the window never opens";
  return `${wallClock(opening.opens, policy.timeZone, now)} to ${wallClock(opening.closes, policy.timeZone, now)}`;
}

function standingText(standing: Standing, policy: Policy, now: number): string {
  switch (standing.kind) {
    case "asked":
      return "needs approval";
    case "approved":
      return `approved by ${escaped(standing.by)}${standing.until === null ? "" : ` until ${wallClock(standing.until, policy.timeZone, now)}`}`;
    case "under way":
      return standing.phase;
    case "done":
      return standing.says;
    case "void":
      return `void: ${escaped(standing.why)}`;
    default:
      return standing satisfies never;
  }
}
