import type { HookStage } from "../fleet/hook-run.ts";
import type { PhaseOf } from "../fleet/phase.ts";
import { hooksOf } from "../hooks/hooks.ts";
import type { Recorded } from "../situation.ts";
import { type Advance, toPhase } from "./advance.ts";
import { yieldNode } from "./yield.ts";

type Hooked = PhaseOf<"preparing"> | PhaseOf<"draining"> | PhaseOf<"verifying">;

/**
 * Runs the hooks of a stage; null once all of them are done. `ends` are the times at which what is under way has to be looked
 * at again.
 */
export function runHooks(
  situation: Recorded,
  phase: Hooked,
  stage: HookStage,
  ends: readonly number[],
): Advance | null {
  const progress = hooksOf(situation, phase.order, stage);
  switch (progress.kind) {
    case "done":
      return null;
    case "running": {
      const { steps, until } = progress;
      return { steps, holds: [], wakeAt: until === null ? ends : [...ends, until] };
    }
    case "changed":
      return toPhase(situation, phase, progress.says, { hooks: progress.runs });
    case "failed": {
      const { name, message } = progress.run;
      // What was rebooted can't step aside any more.
      if (progress.onFailure === "yield" && phase.kind !== "verifying")
        return yieldNode(situation, phase, { kind: "hook failed", hook: name, says: message });
      return fail(situation, phase, stage, { name, message });
    }
    default:
      return progress satisfies never;
  }
}

function fail(
  situation: Recorded,
  phase: Hooked,
  stage: HookStage,
  { name, message }: { readonly name: string; readonly message: string },
): Advance {
  const { order, fromBootId } = phase;
  const cause = { kind: "hook failed", stage, hook: name, what: message } as const;
  // Before the cordon nothing of the node is out of service.
  const freed = phase.kind === "preparing";
  const failed = {
    kind: "failed",
    order,
    fromBootId,
    notAfter: situation.now,
    since: situation.now,
    cause,
    freed,
  } as const;
  return toPhase(situation, failed, `failed: hook ${name} failed: ${message}`);
}
