import { wallClock } from "../instant.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Nothing lifts a freeze. */
export function freeze({ policy, freeze: current, now }: Situation): Hold | null {
  if (policy === undefined || current === null) return null;
  const end = wallClock(current.closes, policy.timeZone, now);
  return { kind: "freeze", says: `Reboots are frozen (${current.name}) until ${end}.`, until: current.closes };
}
