import type { PhaseOf } from "../fleet/phase.ts";
import { podsGatesOf, podsOn } from "../gates/pods-gate.ts";
import { formatDuration, type Instant } from "../instant.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, act, rest, startedAt, toPhase, updating } from "./advance.ts";
import { budgetsWorse } from "./baseline.ts";
import { lackOf } from "./health.ts";
import { runHooks } from "./run-hooks.ts";

type Verifying = PhaseOf<"verifying">;

/**
 * Healthy on the new boot; the hooks after it; uncordoned; then watched for verify.soak without a break, with its gates
 * green and no budget worse off than before: only then is it done.
 */
export function advanceVerifying(situation: Recorded, phase: Verifying): Advance {
  const { node, report, now } = situation;
  const failAt = deadlineOf(situation, phase);
  if (node.bootId !== null && node.bootId !== phase.bootId && node.bootId === report?.bootId)
    return bootedAgain(situation, phase, node.bootId);
  const lack = lackOf(situation, phase);
  if (lack !== null) {
    if (now >= failAt) return fail(situation, phase, lack.what);
    // One bad moment begins the watch anew.
    if (phase.soakingSince !== null && lack.step === null) return updating(situation, { ...phase, soakingSince: null });
    return { steps: lack.step === null ? [] : [lack.step], holds: [], wakeAt: [failAt] };
  }
  // A hook runs before the node takes pods again, and at most once an order.
  const hooks = runHooks(situation, phase, "afterReboot", [failAt]);
  if (hooks !== null) return hooks;
  // Also where no cordon of ours is shown any more: its other marks may be.
  if (!("liftedFor" in node.cordon && node.cordon.liftedFor === phase.order)) return uncordon(situation, phase);
  if (phase.soakingSince === null) return updating(situation, { ...phase, soakingSince: now });
  return soak(situation, phase, phase.soakingSince, failAt);
}

function uncordon(situation: Recorded, { order }: Verifying): Advance {
  const { node, pool, standing } = situation;
  const labels = (pool ?? POOL_DEFAULTS).nodeLabels.after;
  const keeps = standing.keep !== null;
  return act({ kind: "Uncordon", node: node.name, uid: node.uid, order, labels, keeps });
}

function soak(situation: Recorded, phase: Verifying, since: Instant, failAt: Instant): Advance {
  const done = since + (situation.pool ?? POOL_DEFAULTS).verify.soak;
  if (situation.now < done) return rest(done, failAt);
  const what = notWell(situation, since);
  if (what === null) return finish(situation, phase.bootId);
  return situation.now < failAt ? rest(failAt) : fail(situation, phase, what);
}

/** What stands against a node that is healthy itself, as the end of a sentence; gates must be green twice since then. */
export function notWell(situation: Recorded, since: Instant): string | null {
  const { gates, node, policy, snapshot, standing } = situation;
  // Where a person keeps the node cordoned, pods that fit nowhere else can't be back.
  const worse = standing.keep === null ? budgetsWorse(situation) : null;
  if (worse !== null) return worse;
  const closed = gates.find(({ openSince }) => openSince === null || (snapshot.gates !== null && openSince < since));
  if (closed !== undefined) return `gate ${closed.gate.name} was not green twice since it serves again: ${closed.says}`;
  for (const gate of podsGatesOf(policy)) {
    const { says } = podsOn(gate, node, snapshot);
    if (says !== null) return `gate ${gate.name} is closed: ${says}`;
  }
  return null;
}

/** By when it must be well. Hooks have timeouts of their own, and the watch is not counted. */
function deadlineOf({ pool, reboot }: Recorded, { since, soakingSince }: Verifying): Instant {
  const { verify, hooks } = pool ?? POOL_DEFAULTS;
  const ran = reboot.hooks.filter(({ stage }) => stage === "afterReboot").map(({ name }) => name);
  const timeouts = hooks.afterReboot.filter(({ name }) => ran.includes(name)).map(({ timeout }) => timeout);
  const watch = soakingSince === null ? 0 : verify.soak;
  return since + verify.atMost + watch + timeouts.reduce((sum, one) => sum + one, 0);
}

function bootedAgain(situation: Recorded, phase: Verifying, bootId: string): Advance {
  const says = "was rebooted once more, without an order, while it was verified";
  return toPhase(situation, { ...phase, bootId, soakingSince: null }, says, { bootId });
}

function fail(situation: Recorded, phase: Verifying, what: string): Advance {
  const { order, fromBootId } = phase;
  const cause = { kind: "not healthy after reboot", what } as const;
  const failed = {
    kind: "failed",
    order,
    fromBootId,
    notAfter: phase.since,
    since: situation.now,
    cause,
    freed: false,
  } as const;
  return toPhase(situation, failed, `rebooted but is not healthy: ${what}`);
}

export function finish(situation: Recorded, bootId: string): Advance {
  const { now, reboot } = situation;
  const took = now - startedAt(reboot);
  const says = `rebooted and verified in ${formatDuration(took)}`;
  return toPhase(situation, { kind: "waiting" }, says, {
    outcome: { kind: "rebooted", at: now, took, bootId },
    bootId,
    tries: 0,
    triesSince: null,
    retryAt: null,
    missed: 0,
    blockers: [],
    blockedSince: null,
  });
}
