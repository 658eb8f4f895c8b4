import type { Movable } from "../fleet/diagnosis.ts";
import type { Member } from "../fleet/member.ts";
import { type Move, moveKey } from "../fleet/move.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import { POOL_DEFAULTS, type PodRule } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import type { Step } from "../step.ts";
import { checkOfDrain, type Draining } from "./drainage.ts";
import { isForced } from "./force.ts";
import { verdictOf } from "./preflight.ts";
import { ruleFor } from "./rules.ts";

/** How many moves a record keeps: those that still count against the wave are among them. */
const MOVES_KEPT = 20;

/** Only what can never go by itself is moved: a Deployment that is merely short of a pod for now is not restarted for it. */
export function movableOf({ diagnosis }: Pick<Refusal, "diagnosis">): Movable | null {
  if (diagnosis?.verdict !== "can never be satisfied") return null;
  return diagnosis.move?.kind === "possible" ? diagnosis.move.deployment : null;
}

/** A refused pod that the policy has moved, so that it doesn't block its node: it is restarted once the node is cordoned. */
export function movesByPolicy(
  refusal: Refusal,
  member: Member,
  { snapshot, pods }: { snapshot: Snapshot; pods: readonly Pod[] },
): boolean {
  const target = movableOf(refusal);
  const pod = pods.find(({ uid }) => uid === refusal.podUid);
  if (target === null || pod === undefined) return false;
  const { drain } = member.pool ?? POOL_DEFAULTS;
  const rule = ruleFor(pod, drain);
  const isWanted = mayMove(rule) && (drain.moveByRollout || rule.action === "move");
  return isWanted && !wasMovedInWave(target, member, snapshot);
}

/** A rule that waits for the pod, or has a Job run before it leaves, is not got round by a restart. */
const mayMove = ({ action, before }: PodRule): boolean => (action === "evict" || action === "move") && before === null;

/**
 * A Deployment is moved once a wave: not again for a node that was already waiting when it was moved off another one, or it
 * would be chased around by every node that goes.
 */
function wasMovedInWave({ uid }: Movable, { report }: Member, snapshot: Snapshot): boolean {
  const since = report?.pending?.since ?? 0;
  const moves = [...snapshot.reboots.values()].flatMap((reboot) => reboot.moves);
  return moves.some(({ deployment, at, state }) => deployment.uid === uid && at >= since && state !== "refused");
}

/** The move under way that the pod is part of. */
export function moveUnderWay({ situation: { reboot }, phase }: Draining, { uid }: Pick<Pod, "uid">): Move | null {
  return (
    reboot.moves.find(({ order, state, pods }) => order === phase.order && state === "moving" && pods.includes(uid)) ??
    null
  );
}

/** When a move that is under way counts as one that will not work. */
export function moveEndsAt({ situation: { pool } }: Draining, { at }: Move): Instant {
  return at + (pool ?? POOL_DEFAULTS).drain.giveUpAfter;
}

/** What became of this order's moves: those whose pods have all left, and those that could not be made. */
export function settledMoves({ situation, phase }: Draining, left: readonly Pod[]): readonly Move[] {
  const { reboot, snapshot } = situation;
  const there = new Set(left.map(({ uid }) => uid));
  return reboot.moves.map((move): Move => {
    if (isRestored(move, snapshot)) return { ...move, state: "restored" };
    if (move.state !== "moving" || move.order !== phase.order) return move;
    if (!move.pods.some((uid) => there.has(uid))) return { ...move, state: "moved" };
    return snapshot.moves.get(moveKey(move))?.kind === "refused" ? { ...move, state: "refused" } : move;
  });
}

const isRestored = (move: Move, { moves }: Snapshot): boolean =>
  move.state === "restoring" && moves.get(moveKey(move))?.kind === "restored";

/** The moves to begin now for the pods whose turn it is; none for a drain that can't end. */
export function movesToBegin(draining: Draining, turn: readonly Pod[], all: readonly Pod[]): readonly Move[] {
  const { situation, phase } = draining;
  const targets = new Map(
    turn.flatMap((pod) => {
      const target = targetOf(draining, pod);
      return target === null ? [] : [[pod.uid, target] as const];
    }),
  );
  if (
    targets.size === 0 ||
    phase.refused.some((refusal) => !targets.has(refusal.podUid) && blocksForGood(refusal, situation))
  )
    return [];
  const deployments = new Map([...targets.values()].map((target) => [target.uid, target]));
  return [...deployments.values()].map(
    (deployment): Move => ({
      order: phase.order,
      deployment,
      at: situation.now,
      pods: all.filter(({ uid }) => targets.get(uid)?.uid === deployment.uid).map(({ uid }) => uid),
      state: "moving",
    }),
  );
}

const blocksForGood = (refusal: Refusal, { standing }: Recorded): boolean =>
  verdictOf(refusal) === "can never be satisfied" && !isForced(refusal, standing.force);

function targetOf(draining: Draining, pod: Pod): Movable | null {
  const { situation, phase } = draining;
  const check = checkOfDrain(draining);
  const refusal = phase.refused.find(({ podUid }) => podUid === pod.uid);
  const target = check?.movable.get(pod.uid) ?? (refusal === undefined ? null : movableOf(refusal));
  if (target === null || pod.deletingSince !== null) return null;
  const isRefused = refusal !== undefined || check?.answers.has(pod.uid) === true;
  if (refusal !== undefined && isForced(refusal, situation.standing.force)) return null;
  const wasTried = situation.reboot.moves.some(
    ({ order, deployment }) => order === phase.order && deployment.uid === target.uid,
  );
  if (wasTried) return null;
  const { drain } = situation.pool ?? POOL_DEFAULTS;
  const rule = ruleFor(pod, drain);
  if (!mayMove(rule)) return null;
  const byPolicy = rule.action === "move" || (isRefused && drain.moveByRollout);
  if (byPolicy && !wasMovedInWave(target, situation, situation.snapshot)) return target;
  return isRefused && isAsked(situation) ? target : null;
}

/** A person's word holds for one try. */
const isAsked = ({ standing, reboot }: Recorded): boolean =>
  standing.moveAskedAt !== null && standing.moveAskedAt > (reboot.outcome?.at ?? 0);

/** The writes that begin moves, as long as it is not known that they were made. */
export function restarts({ situation, phase }: Draining): readonly Step[] {
  const { reboot, snapshot, node } = situation;
  const open = reboot.moves.filter(({ order, state }) => order === phase.order && state === "moving");
  return open
    .filter((move) => !snapshot.moves.has(moveKey(move)))
    .map((move) => ({ kind: "RestartDeployment", node: node.name, move }));
}

/** The writes that take moves back, whatever phase the node is in by now. */
export function restorations({ reboot, snapshot, node }: Recorded): readonly Step[] {
  return reboot.moves
    .filter((move) => move.state === "restoring" && !isRestored(move, snapshot))
    .map((move) => ({ kind: "RestoreDeployment", node: node.name, move }));
}

/** The record's moves once this order has ended without its pods: what is still under way is taken back. */
export function abandoned(moves: readonly Move[]): readonly Move[] {
  return moves.map((move) => (move.state === "moving" ? { ...move, state: "restoring" } : move));
}

export const withMoves = (known: readonly Move[], more: readonly Move[]): readonly Move[] =>
  [...known, ...more].slice(-MOVES_KEPT);

/** After a restart was taken back, in the record of a node that waits. */
export function restoredMoves({ reboot, snapshot }: Pick<Recorded, "reboot" | "snapshot">): readonly Move[] {
  if (!reboot.moves.some((move) => isRestored(move, snapshot))) return reboot.moves;
  return reboot.moves.map((move) => (isRestored(move, snapshot) ? { ...move, state: "restored" } : move));
}
