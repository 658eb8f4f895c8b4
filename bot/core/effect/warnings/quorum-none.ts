import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

export function quorumNone(effect: Weighed): readonly string[] {
  return inPools(effect, (before, after) =>
    after.quorum === "none" && before.quorum !== "none"
      ? ["nodes would be rebooted even where the control plane loses its quorum by it (quorum: none)"]
      : [],
  );
}
