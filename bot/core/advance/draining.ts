import { checkOfDrain, type Drainage, type Draining as OneDraining } from "../drain/drainage.ts";
import { removalsOf } from "../drain/evictions.ts";
import { fateOf, hangs, podsToDrain, type Sieve, sieveOf } from "../drain/filter.ts";
import { budgetsOf, isForced } from "../drain/force.ts";
import { abandoned, moveEndsAt, moveUnderWay, settledMoves, withMoves } from "../drain/move.ts";
import { fromAnswer, isSame, refusalOf, worthKeeping } from "../drain/refusal.ts";
import type { Move } from "../fleet/move.ts";
import type { PhaseOf, Refusal } from "../fleet/phase.ts";
import type { NodePods, Pod } from "../fleet/pod.ts";
import { areRead } from "../gates/closed.ts";
import { lastEnd } from "../hooks/hooks.ts";
import { listed } from "../listed.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, act, entering, rest, toPhase, updating } from "./advance.ts";
import { endsOf, nextFreezeAt } from "./preparing.ts";
import { runHooks } from "./run-hooks.ts";
import { reasonToYield, yieldNode } from "./yield.ts";

type Draining = PhaseOf<"draining">;

/** Cordon, then remove pods until a list made after the cordon shows none, then wait out reboot.delay and give the order. */
export function advanceDraining(situation: Recorded, phase: Draining): Advance {
  const { node, snapshot } = situation;
  if (node.bootId !== phase.fromBootId) return yieldNode(situation, phase, { kind: "rebooted by itself" });
  const why = reasonToYield(situation);
  if (why !== null) return yieldNode(situation, phase, why);
  if (!areRead(situation)) return rest(...endsOf(situation));
  const { name, uid } = node;
  if (node.cordon.kind !== "ours" || node.cordon.order !== phase.order) {
    // Finished is only what has begun: before its cordon nothing has.
    if (situation.opening === null) return yieldNode(situation, phase, { kind: "window closed" });
    const labels = settings(situation).nodeLabels.during;
    const adopts = situation.standing.adopted !== null;
    return act({ kind: "Cordon", node: name, uid, order: phase.order, labels, adopts });
  }
  const pods = snapshot.pods.get(name);
  if (pods?.order !== phase.order) return act({ kind: "WatchPods", node: name, order: phase.order });
  // What a dry run refuses is asked first, so that nothing is moved for a drain that can't end.
  if (snapshot.checks !== null && snapshot.checks.get(name)?.order !== phase.order)
    return act({ kind: "CheckPods", node: name, uid, order: phase.order, drain: settings(situation).drain });
  return drain(situation, phase, pods);
}

function drain(situation: Recorded, phase: Draining, pods: NodePods): Advance {
  const drainage = drainageOf(situation, phase);
  const leaving = podsToDrain(pods.pods.values(), drainage.sieve);
  const settled = settledMoves({ situation, phase }, leaving);
  if (settled.some((move, index) => move !== situation.reboot.moves[index]))
    return updating(situation, phase, { moves: settled });
  const late = leaving.filter((pod) => isLate({ situation, phase }, pod));
  if (late.length > 0) return outOfTime(situation, phase, late);
  const staying = leaving.filter((pod) => moveUnderWay({ situation, phase }, pod) === null);
  const refused = staying.flatMap((pod) => refusalOf(pod, drainage, phase.refused) ?? []);
  const current = { ...phase, refused };
  const removals = removalsOf({ situation, drainage, phase: current }, leaving);
  const seen = reading(situation, phase, { refused, left: leaving.length, isMoving: removals.isMoving });
  if (seen !== phase) return updating(situation, seen);
  if (removals.begin.length > 0) return beginMoves(situation, phase, removals.begin);
  const { force } = situation.standing;
  const forced = refused.filter((refusal) => isForced(refusal, force));
  if (force !== null && forced.length > 0 && phase.forcedBy !== force.by) {
    const says = `is forced past PDB ${listed(budgetsOf(forced))} by ${force.by}`;
    return toPhase(situation, { ...phase, forcedBy: force.by }, says);
  }
  if (phase.emptySince !== null) return whenEmpty(situation, phase, phase.emptySince);
  const giveUpAt =
    phase.onlyRefusedSince === null ? null : phase.onlyRefusedSince + settings(situation).drain.giveUpAfter;
  // A force that can still remove a pod is given the time; what it doesn't name, or can't lift, blocks as ever.
  if (giveUpAt !== null && situation.now >= giveUpAt && forced.length === 0) {
    return yieldNode(situation, phase, { kind: "blocked", refused: phase.refused });
  }
  const ends = giveUpAt === null ? endsOf(situation) : [...endsOf(situation), giveUpAt];
  return { steps: removals.steps, holds: [], wakeAt: [...removals.wakeAt, ...ends, ...endsOfPods(drainage, leaving)] };
}

/** The replacement of a pod that was to be moved did not come up in time. */
function isLate(draining: OneDraining, pod: Pod): boolean {
  const move = moveUnderWay(draining, pod);
  return move !== null && draining.situation.now >= moveEndsAt(draining, move);
}

function outOfTime(situation: Recorded, phase: Draining, late: readonly Pod[]): Advance {
  const { snapshot, reboot } = situation;
  const check = checkOfDrain({ situation, phase });
  const refused = late.flatMap((pod) => {
    const answer = snapshot.evictions.get(pod.uid) ?? check?.answers.get(pod.uid);
    return answer === undefined ? [] : [fromAnswer(pod, answer, snapshot.budgets)];
  });
  if (refused.length > 0)
    return yieldNode(situation, phase, { kind: "blocked", refused: worthKeeping([...phase.refused, ...refused]) });
  // What no budget holds was only to be moved for kindness: it is evicted now.
  return updating(situation, phase, { moves: abandoned(reboot.moves) });
}

function beginMoves(situation: Recorded, phase: Draining, begun: readonly Move[]): Advance {
  const names = listed(begun.map(({ deployment: { namespace, name } }) => `${namespace}/${name}`));
  const says = `restarts Deployment ${names}, so that its pods come up elsewhere before they leave`;
  return toPhase(situation, phase, says, { moves: withMoves(situation.reboot.moves, begun) });
}

function drainageOf(situation: Recorded, { order, since }: Draining): Drainage {
  return { snapshot: situation.snapshot, sieve: sieveOf(situation, situation), order, since };
}

const settings = ({ pool }: Recorded) => pool ?? POOL_DEFAULTS;

interface Seen {
  readonly refused: readonly Refusal[];
  /** How many pods must still leave. */
  readonly left: number;
  readonly isMoving: boolean;
}

/** The same phase when nothing of note changed, so that it is written only when something did. */
function reading({ now }: Recorded, phase: Draining, { refused, left, isMoving }: Seen): Draining {
  const onlyRefused = refused.length > 0 && !isMoving;
  const worth = worthKeeping(refused);
  const next: Draining = {
    ...phase,
    refused: isSame(worth, phase.refused) ? phase.refused : worth,
    onlyRefusedSince: onlyRefused ? (phase.onlyRefusedSince ?? now) : null,
    emptySince: left === 0 ? (phase.emptySince ?? now) : null,
  };
  const changed =
    next.refused !== phase.refused ||
    next.onlyRefusedSince !== phase.onlyRefusedSince ||
    next.emptySince !== phase.emptySince;
  return changed ? next : phase;
}

/** Its volumes go, the hooks before the reboot run, and then reboot.delay is waited out: until its end people can stop it. */
function whenEmpty(situation: Recorded, phase: Draining, emptySince: number): Advance {
  const { now, snapshot, reboot, report, opening } = situation;
  const pool = settings(situation);
  const volumesAt = volumesOf(situation).length === 0 ? emptySince : emptySince + snapshot.timings.volumesMost;
  if (now < volumesAt) return rest(volumesAt, ...endsOf(situation));
  const hooks = runHooks(situation, phase, "beforeReboot", endsOf(situation));
  if (hooks !== null) return hooks;
  const due = Math.max(emptySince, lastEnd(reboot.hooks, "beforeReboot") ?? emptySince) + pool.reboot.delay;
  if (now < due) return rest(due, ...endsOf(situation));
  const mayFinish = pool.drain.whenWindowCloses === "finish";
  const closes = mayFinish ? Number.POSITIVE_INFINITY : (opening?.closes ?? now);
  const notAfter = Math.min(now + snapshot.timings.orderValid, closes, nextFreezeAt(situation));
  const agent = { accepted: null, rebooting: null };
  const { order, fromBootId } = phase;
  const says = `is empty${leftOvers(situation)}; the order to reboot is given`;
  const next = entering(situation, { kind: "rebooting", order, fromBootId, givenAt: now, notAfter, agent }, says, {
    given: reboot.given + 1,
    wantedFor: report?.pending?.reasons.map(({ identity }) => identity) ?? [],
  });
  return act({ kind: "GiveOrder", version: reboot.version, next, says, drain: pool.drain });
}

/** Volumes that are still attached to the node; they go once their pods have. */
function volumesOf({ snapshot, node }: Recorded): readonly string[] {
  return [...(snapshot.volumes ?? [])].flatMap(([name, on]) => (on === node.name ? [name] : []));
}

/** What the order is given in spite of. */
function leftOvers(situation: Recorded): string {
  const { snapshot, node } = situation;
  const sieve = sieveOf(situation, situation);
  const here = [...(snapshot.pods.get(node.name)?.pods.values() ?? [])];
  const pods = here.filter((pod) => hangs(pod, sieve));
  const own = here.filter((pod) => isOwnThatStays(pod, sieve));
  const volumes = volumesOf(situation);
  const all = [
    ...(pods.length === 0 ? [] : [`${namesOf(pods)}, which does not end`]),
    ...(own.length === 0 ? [] : [`the bot's own ${namesOf(own)}, which comes back with the node`]),
    ...(volumes.length === 0 ? [] : [`volumes that stay attached (${listed(volumes)})`]),
  ];
  return all.length === 0 ? "" : ` but for ${all.join(" and ")}`;
}

function isOwnThatStays(pod: Pod, sieve: Sieve): boolean {
  const fate = fateOf(pod, sieve);
  return fate.kind === "stays" && fate.why === "own";
}

const namesOf = (pods: readonly Pod[]): string => listed(pods.map(({ namespace, name }) => `${namespace}/${name}`));

/** When pods that end count as hanging, and when they count no more. */
function endsOfPods({ snapshot, sieve }: Drainage, pods: readonly Pod[]): readonly number[] {
  return pods
    .flatMap(({ deletingSince }) =>
      deletingSince === null
        ? []
        : [deletingSince + snapshot.timings.stuckTerminating, deletingSince + sieve.drain.ignoreTerminatingAfter],
    )
    .filter((at) => at > sieve.now);
}
