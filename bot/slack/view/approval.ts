import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, scheduleOf } from "../../core/policy/schedule.ts";
import { detailsText, linesText, secondText, type Wave } from "./approval-details.ts";
import { isAsked, isOver, type Standing, standingOf } from "./approval-standing.ts";
import { actionId, type Block, type Card, type CardTarget, type Reference } from "./card.ts";
import { mentionsOf } from "./mentions.ts";
import { type Button, buttons, clip, context, escaped, fallback, section } from "./mrkdwn.ts";
import { latenessOf } from "./overdue.ts";
import { baseOf, type Place, placed } from "./placed.ts";

/** The waves that were asked about, each in its pool's channel, and the new ones. `known` are open and closed. */
export function approvalCards(turn: Turn, policy: Policy, known: readonly Reference[]): readonly Card[] {
  const open = known.filter(({ isOpen }) => isOpen);
  const waves = new Map(open.map((reference) => [baseOf(reference), reference.targets]));
  const standing = [...waves].flatMap(([base, targets]) => {
    const pool = poolOf(turn, policy, targets);
    const wave = { turn, policy, pool, known };
    const draw = (place: Place): Card => approval(wave, place, targets);
    // Nodes that are gone have no pool to say where they belong: their card ends where it is.
    if (pool === null) return open.filter((one) => baseOf(one) === base).map(draw);
    return placed({ base, channel: pool.slackChannel, draw }, open);
  });
  return [...standing, ...newWaves(turn, policy, known)];
}

/** Nodes that wait for approval, for long enough, and stand on no open card: one new wave for each pool. */
function newWaves(turn: Turn, policy: Policy, known: readonly Reference[]): readonly Card[] {
  const open = known.filter(({ isOpen }) => isOpen);
  const shown = new Set(open.flatMap(({ targets }) => targets.map(({ node, digest }) => `${node} ${digest}`)));
  const isNew = ({ situation }: PlannedNode): boolean => !shown.has(`${situation.node.name} ${nodeDigest(situation)}`);
  const waiting = [...turn.plan.nodes.values()].filter(
    (node) => node.holds.some(({ kind }) => kind === "approval") && isNew(node),
  );
  return policy.pools.flatMap((pool) => {
    const wave = waiting.filter(({ situation }) => situation.pool?.name === pool.name);
    const channel = pool.slackChannel;
    // Asked once the first has waited long enough, with all that wait by then.
    if (channel === null || !wave.some((node) => isDue(node, turn))) return [];
    const targets = wave.map(({ situation }) => ({
      node: situation.node.name,
      digest: nodeDigest(situation),
      isOver: false,
    }));
    const draw = (place: Place): Card => approval({ turn, policy, pool, known }, place, targets);
    return placed({ base: baseFor(targets), channel, draw }, []);
  });
}

const baseFor = (targets: readonly CardTarget[]): string =>
  `approval-${shortHash(targets.map(({ node, digest }) => `${node} ${digest}`))}`;

function isDue({ situation }: PlannedNode, { snapshot, now }: Turn): boolean {
  return now - (situation.report?.pending?.since ?? now) >= snapshot.timings.askApprovalAfter;
}

function approval(parts: Omit<Wave, "entries">, { key, channel }: Place, targets: readonly CardTarget[]): Card {
  const { turn, policy, pool } = parts;
  const entries = targets.map((target) => {
    const standing = standingOf(turn, target);
    return [{ ...target, isOver: isOver(standing) }, standing] as const;
  });
  const wave = { ...parts, entries };
  const asked = entries.filter(([, standing]) => isAsked(standing));
  const nodes = asked.flatMap(([{ node }]) => turn.plan.nodes.get(node) ?? []);
  const late = pool === null ? null : latenessOf(nodes, pool, turn.now);
  const reminder = late?.reminder ?? null;
  const title = titleOf(wave);
  const second = secondText(wave, late);
  const who = asked.length > 0 && pool !== null ? whoToCall(policy, pool, reminder !== null) : "";
  const blocks: Block[] = [
    section(`*${title}* ${who}\n${second}`),
    section(detailsText(wave, late)),
    section(linesText(wave)),
  ];
  if (asked.length > 0 && pool !== null) {
    blocks.push(...buttons(actions(policy.cluster, key, pool)), ...hint(turn, policy, pool));
  } else if (entries.some(([, standing]) => standing.kind === "approved") && pool?.may.other != null) {
    blocks.push(...buttons([{ label: "Withdraw", actionId: actionId("withdraw", policy.cluster, key) }]));
  }
  const isOpen = entries.some(([, standing]) => STILL_OPEN.has(standing.kind));
  const alertKey = reminder === null ? "asked" : `overdue-${reminder}`;
  const isLate = reminder === null ? "" : " This is overdue.";
  const alert = asked.length === 0 ? null : { key: alertKey, says: `${title}${isLate} ${who}` };
  const after = entries.map(([target]) => target);
  return { key, kind: "approval", channel, text: fallback(title, second), blocks, targets: after, alert, isOpen };
}

const STILL_OPEN: ReadonlySet<Standing["kind"]> = new Set(["asked", "approved", "not needed", "under way"]);

function whoToCall(policy: Policy, { may }: Pool, isOverdue: boolean): string {
  const { mention } = policy;
  const overdue = isOverdue ? mention.overdue : null;
  return mentionsOf(policy, mention.approval ?? may.approve?.by, overdue);
}

/** What the policy lets nobody do has no button. */
const actions = (cluster: string, key: string, { may }: Pool): readonly Button[] => [
  ...(may.approve === null
    ? []
    : [{ label: "Approve", actionId: actionId("approve", cluster, key), style: "primary" } as const]),
  ...(may.skip === null ? [] : [{ label: "Skip…", actionId: actionId("skip", cluster, key) }]),
];

/** As with buttons: what can't work now is not offered. */
function hint({ now }: Turn, policy: Policy, pool: Pool): readonly Block[] {
  const { approve, skip, now: atOnce } = pool.may;
  const isFrozen = freezeAt(scheduleOf(policy, pool), now) !== null;
  const replies = [
    ...(approve === null ? [] : ["approve", "approve 01"]),
    ...(approve === null || atOnce === null || isFrozen ? [] : ["approve now"]),
    ...(skip === null ? [] : ["skip until mon 09:00"]),
  ];
  return replies.length === 0 ? [] : [context(`Or reply: ${replies.join(" · ")}`)];
}

/** The first node may be gone; the wave is of one pool all the same. */
function poolOf(turn: Turn, policy: Policy, targets: readonly CardTarget[]): Pool | null {
  const names = targets.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.pool?.name ?? []);
  return policy.pools.find((pool) => pool.name === names[0]) ?? null;
}

function titleOf({ pool, entries }: Wave): string {
  const of = (kind: Standing["kind"]): number => entries.filter(([, standing]) => standing.kind === kind).length;
  const name = clip(escaped(pool?.name ?? "no pool"), 300);
  const asked = of("asked");
  if (asked > 0) return `🔐 ${name}: ${asked === 1 ? "1 node wants" : `${asked} nodes want`} to reboot. Approve?`;
  const done = `${of("done")} of ${entries.length} rebooted`;
  if (of("not needed") > 0) return `✔ ${name}: overdue, needs no approval now, ${done}`;
  if (of("approved") + of("under way") > 0) return `✔ ${name}: approved, ${done}`;
  return of("done") > 0 ? `✅ ${name}: ${done}` : `↻ ${name}: void`;
}
