import { type Instant, wallClock } from "../../instant.ts";
import { listed } from "../../listed.ts";
import { without } from "../../policy/intervals.ts";
import type { Policy, Pool } from "../../policy/policy.ts";
import { type FreezeTime, freezesOf, scheduleOf } from "../../policy/schedule.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

/** Times to come at which reboots are frozen now, and would not be. */
export function freezeLifted(effect: Weighed): readonly string[] {
  const { proposed, inForce, at } = effect;
  if (inForce === undefined) return [];
  return inPools(effect, (before, after) => {
    const kept = freezesIn(proposed, after, at);
    const lost = freezesIn(inForce, before, at).filter((freeze) => without([freeze], kept).length > 0);
    return lost.length === 0 ? [] : [`reboots would not be frozen any more for ${textOf(lost, inForce.timeZone, at)}`];
  });
}

/** What is left of them from `now` on. */
const freezesIn = (policy: Policy, pool: Pool, now: Instant): readonly FreezeTime[] =>
  freezesOf(scheduleOf(policy, pool))
    .filter(({ closes }) => closes > now)
    .map((freeze) => ({ ...freeze, opens: Math.max(freeze.opens, now) }));

const textOf = (freezes: readonly FreezeTime[], zone: string, now: Instant): string =>
  listed(
    freezes.map(({ name, opens, closes }) => {
      const from = opens <= now ? "now" : wallClock(opens, zone, now);
      return `all of ${name} (${from} to ${wallClock(closes, zone, now)})`;
    }),
  );
