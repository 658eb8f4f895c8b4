import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function noPolicy({ policy }: Situation): Hold | null {
  if (policy !== undefined) return null;
  return { kind: "no policy", says: "There is no good policy, and without one nothing is rebooted.", until: null };
}
