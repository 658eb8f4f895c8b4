import type { PhaseOf } from "../fleet/phase.ts";
import { areRead } from "../gates/closed.ts";
import type { Instant } from "../instant.ts";
import { nextFreeze, scheduleOf } from "../policy/schedule.ts";
import type { Recorded } from "../situation.ts";
import { slotOf } from "../usage.ts";
import { type Advance, rest, toPhase } from "./advance.ts";
import { baselineOf } from "./baseline.ts";
import { runHooks } from "./run-hooks.ts";
import { reasonToYield, yieldNode } from "./yield.ts";

/** The handshake: before anything is touched the agent must say ready, so a dead agent never costs a drain. */
export function advancePreparing(situation: Recorded, phase: PhaseOf<"preparing">): Advance {
  const { report, now, snapshot, node } = situation;
  if (node.bootId !== phase.fromBootId) return yieldNode(situation, phase, { kind: "rebooted by itself" });
  if (slotOf(snapshot, situation)?.order !== phase.order) return yieldNode(situation, phase, { kind: "slot lost" });
  const why = reasonToYield(situation);
  if (why !== null) return yieldNode(situation, phase, why);
  const progress = report?.order?.id === phase.order ? report.order : null;
  if (progress?.dropped != null) {
    return yieldNode(situation, phase, { kind: "agent dropped", message: progress.message ?? "no reason given" });
  }
  if (progress?.ready != null && areRead(situation))
    return runHooks(situation, phase, "beforeDrain", endsOf(situation)) ?? beginDrain(situation, phase);
  if (progress?.ready != null) return rest(...endsOf(situation));
  const deadline = phase.since + snapshot.timings.handshake;
  if (now >= deadline) return yieldNode(situation, phase, { kind: "agent silent" });
  return rest(deadline, ...endsOf(situation));
}

function beginDrain(situation: Recorded, { order, fromBootId }: PhaseOf<"preparing">): Advance {
  const draining = {
    kind: "draining",
    order,
    fromBootId,
    since: situation.now,
    refused: [],
    onlyRefusedSince: null,
    emptySince: null,
    forcedBy: null,
  } as const;
  const baseline = baselineOf(situation);
  return toPhase(situation, draining, "its agent is ready; cordon and drain begin", { baseline });
}

/** When the pool's next freeze begins; Infinity when none is to come. */
export function nextFreezeAt({ policy, pool, now }: Recorded): Instant {
  if (policy === undefined || pool === null) return Number.POSITIVE_INFINITY;
  return nextFreeze(scheduleOf(policy, pool), now)?.opens ?? Number.POSITIVE_INFINITY;
}

/** When the window closes or the agent would count as silent, what is under way has to be looked at again. */
export function endsOf(situation: Recorded): readonly number[] {
  const { opening, report, snapshot } = situation;
  const ends: number[] = [nextFreezeAt(situation)].filter(Number.isFinite);
  if (opening !== null && Number.isFinite(opening.closes)) ends.push(opening.closes);
  if (report?.heartbeat != null) ends.push(report.heartbeat + snapshot.timings.agentSilent);
  return ends;
}
