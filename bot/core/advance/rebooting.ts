import type { AgentState, PhaseOf } from "../fleet/phase.ts";
import type { OrderProgress } from "../fleet/report.ts";
import { wallClock } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, rest, toPhase, updating } from "./advance.ts";
import { endsOf } from "./preparing.ts";
import { reasonToYield, yieldNode } from "./yield.ts";

type Rebooting = PhaseOf<"rebooting">;

/** The order is out. Only a changed boot ID proves that it was carried out. */
export function advanceRebooting(situation: Recorded, phase: Rebooting): Advance {
  const booted = newBoot(situation, phase.fromBootId);
  if (booted !== null) return verify(situation, phase, booted);
  const progress = situation.report?.order?.id === phase.order ? situation.report.order : null;
  const agent = agentState(phase.agent, progress);
  if (agent !== phase.agent) return updating(situation, { ...phase, agent });
  // Also after `rebooting`: an agent that found no time to call takes that word back, and never calls for this order.
  if (progress?.dropped != null) {
    return yieldNode(situation, phase, { kind: "agent dropped", message: progress.message ?? "no reason given" });
  }
  return phase.agent.rebooting === null
    ? beforeCall(situation, phase)
    : afterCall(situation, phase, phase.agent.rebooting);
}

/** A boot ID other than `from`, as kubelet or agent reports it. */
export function newBoot({ node, report }: Recorded, from: string): string | null {
  return [node.bootId, report?.bootId ?? null].find((bootId) => bootId !== null && bootId !== from) ?? null;
}

export function verify(situation: Recorded, phase: { order: string; fromBootId: string }, bootId: string): Advance {
  const { order, fromBootId } = phase;
  const verifying = { kind: "verifying", order, fromBootId, bootId, since: situation.now, soakingSince: null } as const;
  const { wantedFor, orderedFor } = situation.reboot;
  const changes = { orderedFor: wantedFor.length === 0 ? orderedFor : wantedFor };
  return toPhase(situation, verifying, "shows a new boot ID; it is verified", changes);
}

function agentState(known: AgentState, progress: OrderProgress | null): AgentState {
  const accepted = known.accepted ?? progress?.accepted ?? null;
  const rebooting = known.rebooting ?? progress?.rebooting ?? null;
  return accepted === known.accepted && rebooting === known.rebooting ? known : { accepted, rebooting };
}

function beforeCall(situation: Recorded, phase: Rebooting): Advance {
  const why = reasonToYield(situation);
  if (why !== null) return yieldNode(situation, phase, why);
  const deadAt = phase.notAfter + situation.snapshot.timings.orderMargin;
  if (situation.now > deadAt) return yieldNode(situation, phase, { kind: "order ran out" });
  return rest(deadAt + 1, ...endsOf(situation));
}

function afterCall(situation: Recorded, phase: Rebooting, calledAt: number): Advance {
  const { now, policy } = situation;
  const due = calledAt + (situation.pool ?? POOL_DEFAULTS).reboot.backWithin;
  if (now < due) return rest(due);
  if (neverWentDown(situation, phase)) return yieldNode(situation, phase, { kind: "reboot did not happen" });
  const { order, fromBootId, notAfter } = phase;
  const cause = { kind: "did not come back", calledAt } as const;
  const called = wallClock(calledAt, policy?.timeZone ?? "utc", now);
  const says = `did not come back; its reboot was called at ${called}`;
  return toPhase(situation, { kind: "failed", order, fromBootId, notAfter, since: now, cause, freed: false }, says);
}

/** Ready, and heard from after the order was dead, on the boot that the order was made for. */
export function neverWentDown(situation: Recorded, phase: { fromBootId: string; notAfter: number }): boolean {
  const { node, report, snapshot } = situation;
  const heartbeat = report?.heartbeat ?? 0;
  return (
    node.ready &&
    node.bootId === phase.fromBootId &&
    report?.bootId === phase.fromBootId &&
    heartbeat > phase.notAfter + snapshot.timings.orderMargin
  );
}
