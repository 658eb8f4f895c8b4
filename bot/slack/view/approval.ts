import type { Turn } from "../../coordinator/coordinator.ts";
import { nodeDigest } from "../../core/decide/digest.ts";
import { shortHash } from "../../core/fleet/order.ts";
import type { Instant } from "../../core/instant.ts";
import type { PlannedNode } from "../../core/plan.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { againKey, askedAgainFor } from "./approval-again.ts";
import { actionsOf } from "./approval-buttons.ts";
import { detailsText, linesText } from "./approval-details.ts";
import { doneText } from "./approval-done.ts";
import { secondText } from "./approval-second.ts";
import { isOver, type Standing, standingOf } from "./approval-standing.ts";
import { askedNodes, readingOf, type Wave } from "./approval-wave.ts";
import type { Block, Card, CardTarget, Reference } from "./card.ts";
import { mentionsOf } from "./mentions.ts";
import { fallback, nameText, section } from "./mrkdwn.ts";
import { type Lateness, latenessOf } from "./overdue.ts";
import { baseOf, type Place, placed } from "./placed.ts";
import { soonAt } from "./times.ts";

/** The waves that were asked about, each in its pool's channel, and the new ones. `references` are of all cards. */
export function approvalCards(turn: Turn, policy: Policy, references: readonly Reference[]): readonly Card[] {
  const known = references.filter(({ kind }) => kind === "approval");
  const open = known.filter(({ isOpen }) => isOpen);
  const waves = new Map(open.map((reference) => [baseOf(reference), reference.targets]));
  const standing = [...waves].flatMap(([base, targets]) => {
    const pool = poolOf(turn, policy, targets);
    const wave = { turn, policy, pool, known, references };
    const draw = (place: Place): Card => approval(wave, place, targets);
    // Nodes that are gone have no pool to say where they belong: their card ends where it is.
    if (pool === null) return open.filter((one) => baseOf(one) === base).map(draw);
    return placed({ base, channel: pool.slackChannel, draw }, open);
  });
  return [...standing, ...newWaves({ turn, policy, known, references })];
}

/** Nodes that wait for approval, for long enough, and stand on no open card: one new wave for each pool. */
function newWaves(around: Omit<Wave, "pool" | "entries">): readonly Card[] {
  const { turn, policy, known } = around;
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
    const draw = (place: Place): Card => approval({ ...around, pool }, place, targets);
    return placed({ base: baseFor(targets), channel, draw }, []);
  });
}

const baseFor = (targets: readonly CardTarget[]): string =>
  `approval-${shortHash(targets.map(({ node, digest }) => `${node} ${digest}`))}`;

function isDue({ situation }: PlannedNode, { snapshot, now }: Turn): boolean {
  return now - (situation.report?.pending?.since ?? now) >= snapshot.timings.askApprovalAfter;
}

function approval(parts: Omit<Wave, "entries">, { key, channel }: Place, targets: readonly CardTarget[]): Card {
  const { turn, policy, pool, known } = parts;
  const entries = targets.map((target) => {
    const standing = standingOf(turn, target);
    return [{ ...target, isOver: isOver(standing) }, standing] as const;
  });
  const wave = { ...parts, entries };
  const after = entries.map(([target]) => target);
  const isOpen = entries.some(([, standing]) => STILL_OPEN.has(standing.kind));
  const rest = { key, kind: "approval", channel, targets: after, isOpen } as const;
  const done = isOpen ? null : doneText(wave);
  if (done !== null) return { ...rest, text: done.text, blocks: done.blocks, alert: null };
  const asked = askedNodes(wave);
  const late = pool === null ? null : latenessOf(asked, pool, turn.now);
  const shown = known.find((one) => one.isOpen && one.key === key && one.channel === channel);
  const again = pool === null || asked.length === 0 ? null : askedAgainFor(turn, policy, pool, shown);
  const title = titleOf(wave);
  const second = secondText(wave, late);
  const who = asked.length > 0 && pool !== null ? whoToCall(policy, pool, late?.reminder != null) : "";
  const againAt = again === null ? null : again - turn.snapshot.timings.askAgainBefore;
  const lines = linesText(wave);
  const blocks: readonly Block[] = [
    section(`*${title}*${who === "" ? "" : ` ${who}`}\n${second}`),
    ...(asked.length === 0 ? [] : [section(detailsText(wave, late, againAt))]),
    ...(lines === "" ? [] : [section(lines)]),
    ...actionsOf(wave, key),
  ];
  return { ...rest, text: fallback(title, second), blocks, alert: alertOf(wave, { title, who, late, again }) };
}

interface Call {
  readonly title: string;
  readonly who: string;
  readonly late: Lateness | null;
  readonly again: Instant | null;
}

/** Who has to say yes is called when it is asked, once more before each window, and at each reminder past the deadline. */
function alertOf(wave: Wave, { title, who, late, again }: Call): Card["alert"] {
  if (askedNodes(wave).length === 0) return null;
  const reminder = late?.reminder ?? null;
  const isLate = reminder === null ? "" : " This is overdue.";
  const key = `${reminder === null ? "asked" : `overdue-${reminder}`}${againKey(again)}`;
  const when = again === null || again <= wave.turn.now ? "" : ` The window opens ${soonAt(again, readingOf(wave))}.`;
  return { key, says: `${title}${isLate}${when} ${who}` };
}

const STILL_OPEN: ReadonlySet<Standing["kind"]> = new Set(["asked", "approved", "not needed", "under way"]);

function whoToCall(policy: Policy, { may }: Pool, isOverdue: boolean): string {
  const { mention } = policy;
  const overdue = isOverdue ? mention.overdue : null;
  return mentionsOf(policy, mention.approval ?? may.approve?.by, overdue);
}

/** The first node may be gone; the wave is of one pool all the same. */
function poolOf(turn: Turn, policy: Policy, targets: readonly CardTarget[]): Pool | null {
  const names = targets.flatMap(({ node }) => turn.plan.nodes.get(node)?.situation.pool?.name ?? []);
  return policy.pools.find((pool) => pool.name === names[0]) ?? null;
}

function titleOf({ pool, entries }: Wave): string {
  const of = (kind: Standing["kind"]): number => entries.filter(([, standing]) => standing.kind === kind).length;
  const name = nameText(pool?.name ?? "no pool");
  const asked = of("asked");
  if (asked > 0) return `🔐 ${name}: ${asked === 1 ? "1 node wants" : `${asked} nodes want`} to reboot. Approve?`;
  const done = `${of("done")} of ${entries.length} rebooted`;
  if (of("not needed") > 0) return `✔ ${name}: overdue, needs no approval now, ${done}`;
  if (of("approved") + of("under way") > 0) return `✔ ${name}: approved, ${done}`;
  return `↻ ${name}: void`;
}
