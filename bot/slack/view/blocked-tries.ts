import type { PlannedNode } from "../../core/plan.ts";
import type { Situation } from "../../core/situation.ts";

/** A try met what blocks it; else a check before the cordon did. */
export function hasTried({ reboot }: Situation): boolean {
  const outcome = reboot?.outcome;
  return outcome?.kind === "yielded" && outcome.why.kind === "blocked";
}

/** The order of the try that met the refusal: people are told once a try, not at its drain and again at its end. */
export function tryOf({ situation, phase }: PlannedNode): string {
  if (phase.kind !== "waiting") return phase.order;
  return hasTried(situation) && situation.reboot?.outcome?.kind === "yielded"
    ? situation.reboot.outcome.order
    : `held-${situation.reboot?.blockedSince ?? 0}`;
}
