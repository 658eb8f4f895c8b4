import type { Recorded } from "../situation.ts";
import type { Advance } from "./advance.ts";
import { advanceDraining } from "./draining.ts";
import { advanceFailed } from "./failed.ts";
import { advancePreparing } from "./preparing.ts";
import { advanceRebooting } from "./rebooting.ts";
import { advanceVerifying } from "./verifying.ts";
import { advanceWaiting } from "./waiting.ts";
import { advanceYielding } from "./yielding.ts";

/** One function a phase; this is the whole state machine. */
export function advance(situation: Recorded): Advance {
  const { phase } = situation.reboot;
  switch (phase.kind) {
    case "waiting":
      return advanceWaiting(situation);
    case "preparing":
      return advancePreparing(situation, phase);
    case "draining":
      return advanceDraining(situation, phase);
    case "rebooting":
      return advanceRebooting(situation, phase);
    case "verifying":
      return advanceVerifying(situation, phase);
    case "yielding":
      return advanceYielding(situation, phase);
    case "failed":
      return advanceFailed(situation, phase);
    default:
      return phase satisfies never;
  }
}
