import type { PhaseOf } from "../fleet/phase.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, rest, toPhase, updating } from "./advance.ts";
import { lackOf } from "./health.ts";
import { neverWentDown, newBoot, verify } from "./rebooting.ts";
import { finish, notWell } from "./verifying.ts";
import { yieldNode } from "./yield.ts";

type Failed = PhaseOf<"failed">;

/**
 * Waits for the node to show by itself how the reboot ended, or for a person. It keeps its slot while the node is cordoned or
 * not Ready, so that no other one is started meanwhile.
 */
export function advanceFailed(situation: Recorded, phase: Failed): Advance {
  if (phase.cause.kind === "unreadable record") return rest();
  const { standing, node } = situation;
  if (standing.released !== null && standing.released.at > phase.since)
    return yieldNode(situation, phase, { kind: "released", by: standing.released.by });
  if (!phase.freed && node.ready && node.cordon.kind !== "ours" && phase.cause.kind !== "did not come back")
    return updating(situation, { ...phase, freed: true });
  // It was freed on an old view of its node.
  if (phase.freed && node.cordon.kind === "ours") return updating(situation, { ...phase, freed: false });
  switch (phase.cause.kind) {
    case "did not come back":
      return whetherBack(situation, phase);
    case "not healthy after reboot":
      return whetherWell(situation, phase);
    case "hook failed":
      return afterHook(situation, phase, phase.cause.stage);
    default:
      return phase.cause satisfies never;
  }
}

function whetherBack(situation: Recorded, phase: Failed): Advance {
  const booted = newBoot(situation, phase.fromBootId);
  if (booted !== null) return verify(situation, phase, booted);
  return neverWentDown(situation, phase) ? yieldNode(situation, phase, { kind: "reboot did not happen" }) : rest();
}

/** One that lost its slot takes none again: once it is well it is simply done. */
function whetherWell(situation: Recorded, phase: Failed): Advance {
  const booted = newBoot(situation, phase.fromBootId);
  if (booted === null) return rest();
  const lack = lackOf(situation, phase);
  if (lack !== null) return { steps: lack.step === null ? [] : [lack.step], holds: [], wakeAt: [] };
  if (!phase.freed) return verify(situation, phase, booted);
  return notWell(situation, phase.since) === null ? finish(situation, booted) : rest();
}

/** A hook runs once an order, so only a person ends this: by a new try where nothing was rebooted yet, or by a release. */
function afterHook(situation: Recorded, phase: Failed, stage: string): Advance {
  const { standing } = situation;
  if (stage === "afterReboot") return rest();
  const booted = newBoot(situation, phase.fromBootId);
  if (booted !== null) {
    return phase.freed
      ? toPhase(situation, { kind: "waiting" }, "was rebooted without an order", { bootId: booted })
      : verify(situation, phase, booted);
  }
  if (standing.retriedAt !== null && standing.retriedAt > phase.since)
    return yieldNode(situation, phase, { kind: "tried again", by: standing.retriedBy ?? "someone" });
  return rest();
}
