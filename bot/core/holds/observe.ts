import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function observe({ pool }: Situation): Hold | null {
  if (pool?.mode !== "observe") return null;
  return {
    kind: "observe",
    says: `Pool ${pool.name} is in mode observe: its nodes are shown, never rebooted.`,
    until: null,
  };
}
