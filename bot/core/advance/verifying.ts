import type { PhaseOf } from "../fleet/phase.ts";
import { formatDuration } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, act, rest, toPhase, updating } from "./advance.ts";

type Verifying = PhaseOf<"verifying">;

/** Healthy on the new boot, then uncordoned, then watched for verify.soak: only then is it done. */
export function advanceVerifying(situation: Recorded, phase: Verifying): Advance {
  const { node, now } = situation;
  const { verify } = situation.pool ?? POOL_DEFAULTS;
  const lacking = whatLacks(situation, phase.fromBootId);
  const failAt = phase.since + verify.atMost + (phase.soakingSince === null ? 0 : verify.soak);
  if (lacking !== null) return now < failAt ? rest(failAt) : fail(situation, phase, lacking);
  // Also where no cordon of ours is shown any more: its other marks may be.
  if (!("liftedFor" in node.cordon && node.cordon.liftedFor === phase.order)) {
    const labels = (situation.pool ?? POOL_DEFAULTS).nodeLabels.after;
    return act({ kind: "Uncordon", node: node.name, uid: node.uid, order: phase.order, labels });
  }
  if (phase.soakingSince === null)
    return updating(situation, { ...phase, bootId: node.bootId ?? phase.bootId, soakingSince: now });
  const done = phase.soakingSince + verify.soak;
  return now < done ? rest(done) : finish(situation, phase);
}

/** What keeps a rebooted node from counting as back; null when nothing does. */
export function whatLacks({ node, report }: Recorded, fromBootId: string): string | null {
  if (!node.ready) return "the node is not Ready";
  if (node.bootId === null || node.bootId === fromBootId) return "the kubelet still shows the old boot ID";
  if (report?.bootId !== node.bootId) return "its agent has not reported from the new boot";
  return null;
}

function fail(situation: Recorded, phase: Verifying, what: string): Advance {
  const { order, fromBootId } = phase;
  const cause = { kind: "not healthy after reboot", what } as const;
  const failed = { kind: "failed", order, fromBootId, notAfter: phase.since, since: situation.now, cause } as const;
  return toPhase(situation, failed, `rebooted but is not healthy: ${what}`);
}

function finish(situation: Recorded, phase: Verifying): Advance {
  const { now, reboot } = situation;
  const started = reboot.history.findLast(({ phase: kind }) => kind === "preparing")?.at ?? phase.since;
  const took = now - started;
  const says = `rebooted and verified in ${formatDuration(took)}`;
  const outcome = { kind: "rebooted", at: now, took, bootId: phase.bootId } as const;
  return toPhase(situation, { kind: "waiting" }, says, {
    outcome,
    tries: 0,
    triesSince: null,
    retryAt: null,
    missed: 0,
    blockers: [],
    blockedSince: null,
  });
}
