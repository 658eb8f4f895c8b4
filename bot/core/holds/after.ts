import { listed } from "../listed.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function after({ pool, ahead, standing }: Situation): Hold | null {
  if (pool === null || ahead.length === 0 || standing.now !== null) return null;
  const says = `Pool ${pool.name} goes after ${pool.after.join(" and ")}: ${listed(ahead)} ${ahead.length === 1 ? "is" : "are"} not done.`;
  return { kind: "after", says, until: null };
}
