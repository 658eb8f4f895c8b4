import type { PhaseOf } from "../fleet/phase.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, rest } from "./advance.ts";
import { neverWentDown, newBoot, verify } from "./rebooting.ts";
import { whatLacks } from "./verifying.ts";
import { yieldNode } from "./yield.ts";

/** Keeps its slot, so that no other node is started, until the node shows by itself how the reboot ended. */
export function advanceFailed(situation: Recorded, phase: PhaseOf<"failed">): Advance {
  if (phase.cause.kind === "unreadable record") return rest();
  const booted = newBoot(situation, phase.fromBootId);
  if (phase.cause.kind === "not healthy after reboot") {
    return booted !== null && whatLacks(situation, phase.fromBootId) === null
      ? verify(situation, phase, booted)
      : rest();
  }
  if (booted !== null) return verify(situation, phase, booted);
  return neverWentDown(situation, phase) ? yieldNode(situation, phase, { kind: "reboot did not happen" }) : rest();
}
