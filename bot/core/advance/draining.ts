import { evictionsOf } from "../drain/evictions.ts";
import { podsToDrain } from "../drain/filter.ts";
import { refusalOf } from "../drain/refusal.ts";
import type { PhaseOf, Refusal } from "../fleet/phase.ts";
import type { NodePods, Pod } from "../fleet/pod.ts";
import { POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, act, entering, rest, updating } from "./advance.ts";
import { endsOf, nextFreezeAt } from "./preparing.ts";
import { reasonToYield, yieldNode } from "./yield.ts";

type Draining = PhaseOf<"draining">;

/** Cordon, then remove pods until a list made after the cordon shows none, then wait out reboot.delay and give the order. */
export function advanceDraining(situation: Recorded, phase: Draining): Advance {
  const { node, snapshot } = situation;
  if (node.bootId !== phase.fromBootId) return yieldNode(situation, phase, { kind: "rebooted by itself" });
  const why = reasonToYield(situation);
  if (why !== null) return yieldNode(situation, phase, why);
  if (node.cordon.kind !== "ours" || node.cordon.order !== phase.order) {
    return act({ kind: "Cordon", node: node.name, uid: node.uid, order: phase.order });
  }
  const listed = snapshot.pods.get(node.name);
  if (listed?.order !== phase.order) return act({ kind: "WatchPods", node: node.name, order: phase.order });
  return drain(situation, phase, listed);
}

function drain(situation: Recorded, phase: Draining, listed: NodePods): Advance {
  const pods = podsToDrain(listed);
  const seen = reading(situation, phase, pods);
  if (seen !== phase) return updating(situation, seen);
  if (phase.emptySince !== null) return whenEmpty(situation, phase, phase.emptySince);
  const giveUpAt =
    phase.onlyRefusedSince === null ? null : phase.onlyRefusedSince + settings(situation).drain.giveUpAfter;
  if (giveUpAt !== null && situation.now >= giveUpAt && !isForcing(situation, phase.refused)) {
    return yieldNode(situation, phase, { kind: "blocked", refused: phase.refused });
  }
  const { steps, wakeAt } = evictionsOf(situation, pods);
  const ends = giveUpAt === null ? endsOf(situation) : [...endsOf(situation), giveUpAt];
  return { steps, holds: [], wakeAt: [...wakeAt, ...ends, ...stuckAt(situation, pods)] };
}

/** A force that can still remove a pod is given the time; what it doesn't name, or can't lift, blocks as ever. */
function isForcing({ standing: { force } }: Recorded, refused: readonly Refusal[]): boolean {
  const isNamed = ({ kind, budgets }: Refusal): boolean =>
    kind === "budget" &&
    budgets.length > 0 &&
    budgets.every(({ namespace, name }) => force?.budgets.has(`${namespace}/${name}`));
  return refused.some(isNamed);
}

const settings = ({ pool }: Recorded) => pool ?? POOL_DEFAULTS;

/** The same phase when nothing of note changed, so that it is written only when something did. */
function reading(situation: Recorded, phase: Draining, pods: readonly Pod[]): Draining {
  const { snapshot, now, standing } = situation;
  const refused = pods.flatMap((pod) => refusalOf(pod, snapshot, now, phase.refused) ?? []);
  const onlyRefused = pods.length > 0 && refused.length === pods.length;
  const next: Draining = {
    ...phase,
    refused: isSame(refused, phase.refused) ? phase.refused : refused,
    onlyRefusedSince: onlyRefused ? (phase.onlyRefusedSince ?? now) : null,
    emptySince: pods.length === 0 ? (phase.emptySince ?? now) : null,
    forcedBy: phase.forcedBy ?? standing.force?.by ?? null,
  };
  const changed =
    next.refused !== phase.refused ||
    next.onlyRefusedSince !== phase.onlyRefusedSince ||
    next.emptySince !== phase.emptySince ||
    next.forcedBy !== phase.forcedBy;
  return changed ? next : phase;
}

/** Times and messages may differ between two refusals of the same kind: they are not worth a write. */
function isSame(left: readonly Refusal[], right: readonly Refusal[]): boolean {
  const key = (refusals: readonly Refusal[]) =>
    JSON.stringify(
      refusals.map(({ podUid, kind, budgets }) => [
        podUid,
        kind,
        budgets.map(({ name, currentHealthy, desiredHealthy }) => [name, currentHealthy, desiredHealthy]),
      ]),
    );
  return key(left) === key(right);
}

function whenEmpty(situation: Recorded, phase: Draining, emptySince: number): Advance {
  const { now, snapshot, reboot, report, opening } = situation;
  const due = emptySince + settings(situation).reboot.delay;
  if (now < due) return rest(due, ...endsOf(situation));
  const mayFinish = settings(situation).drain.whenWindowCloses === "finish";
  const closes = mayFinish ? Number.POSITIVE_INFINITY : (opening?.closes ?? now);
  const notAfter = Math.min(now + snapshot.timings.orderValid, closes, nextFreezeAt(situation));
  const agent = { accepted: null, rebooting: null };
  const { order, fromBootId } = phase;
  const says = "is empty; the order to reboot is given";
  const next = entering(situation, { kind: "rebooting", order, fromBootId, givenAt: now, notAfter, agent }, says, {
    given: reboot.given + 1,
    orderedFor: report?.pending?.reasons.map(({ identity }) => identity) ?? [],
  });
  return act({ kind: "GiveOrder", version: reboot.version, next, says });
}

function stuckAt({ snapshot, now }: Recorded, pods: readonly Pod[]): readonly number[] {
  return pods
    .flatMap(({ deletingSince }) => (deletingSince === null ? [] : [deletingSince + snapshot.timings.stuckTerminating]))
    .filter((at) => at > now);
}
