import type { PhaseOf } from "../fleet/phase.ts";
import type { Recorded } from "../situation.ts";
import { isLifted, slotOf } from "../usage.ts";
import { type Advance, act, rest, toPhase } from "./advance.ts";
import { newBoot, verify } from "./rebooting.ts";
import { describeYield } from "./yield-text.ts";

type Yielding = PhaseOf<"yielding">;

/** Nothing is uncordoned and no slot is freed while the order could still be executed (rule 7). */
export function advanceYielding(situation: Recorded, phase: Yielding): Advance {
  const { node, snapshot, now } = situation;
  if (phase.notAfter !== null) {
    // Who releases a node has seen how its reboot ended.
    const executed = phase.why.kind === "released" ? null : wasExecuted(situation, phase, phase.notAfter);
    if (executed !== null) return executed;
    const deadAt = phase.notAfter + snapshot.timings.orderMargin;
    if (!isDropped(situation, phase) && now <= deadAt) return rest(deadAt + 1);
  }
  const keeps = situation.standing.keep !== null;
  if (!isLifted(situation))
    return act({ kind: "Uncordon", node: node.name, uid: node.uid, order: phase.order, labels: null, keeps });
  if (slotOf(snapshot, situation)?.order === phase.order) return rest();
  return toPhase(situation, { kind: "waiting" }, `serves again: ${describeYield(phase.why)}`);
}

function isDropped({ report }: Recorded, phase: Yielding): boolean {
  return report?.order?.id === phase.order && report.order.dropped !== null;
}

/** The agent was faster than the withdrawal. */
function wasExecuted(situation: Recorded, phase: Yielding, notAfter: number): Advance | null {
  const booted = newBoot(situation, phase.fromBootId);
  if (booted !== null) return verify(situation, phase, booted);
  const progress = situation.report?.order;
  if (progress?.id !== phase.order || progress.rebooting === null || progress.dropped !== null) return null;
  if (phase.why.kind === "reboot did not happen") return null;
  const agent = { accepted: progress.accepted, rebooting: progress.rebooting };
  const { order, fromBootId, since } = phase;
  const says = "its agent called the reboot before the order could be taken back";
  return toPhase(situation, { kind: "rebooting", order, fromBootId, givenAt: since, notAfter, agent }, says);
}
