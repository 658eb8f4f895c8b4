import { wallClock } from "../instant.ts";
import { nextOpening, scheduleOf } from "../policy/schedule.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function window({ policy, pool, opening, now }: Situation): Hold | null {
  if (policy === undefined || pool === null || opening !== null) return null;
  const next = nextOpening(scheduleOf(policy, pool), now);
  if (next === null) return { kind: "window", says: `The window of ${pool.name} never opens.`, until: null };
  const opens = wallClock(next.opens, policy.timeZone, now);
  return { kind: "window", says: `The window of ${pool.name} opens at ${opens}.`, until: next.opens };
}
