import type { HookStage } from "../../fleet/hook-run.ts";
import { listed } from "../../listed.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

const STAGES: readonly HookStage[] = ["beforeDrain", "beforeReboot", "afterReboot"];

export function hookRemoved(effect: Weighed): readonly string[] {
  return inPools(effect, ({ hooks: before }, { hooks: after }) => {
    const gone = STAGES.flatMap((stage) => {
      const kept = new Set(after[stage].map(({ name }) => name));
      return before[stage].filter(({ name }) => !kept.has(name)).map(({ name }) => `${name} (${stage})`);
    });
    return gone.length === 0 ? [] : [`hooks would not run any more: ${listed(gone)}`];
  });
}
