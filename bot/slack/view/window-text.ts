import { type Instant, wallClock } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { clip, escaped } from "./mrkdwn.ts";

const ALWAYS = "window always open";

const freezeName = (name: string): string => clip(escaped(name), 200);

/** What a pool's windows and freezes say about now: "frozen (year end) until Mon Jan 4, 06:00 CST". */
export function windowText(pool: Pool, policy: Policy, now: Instant): string {
  const schedule = scheduleOf(policy, pool);
  const at = (instant: Instant): string => wallClock(instant, policy.timeZone, now);
  const freeze = freezeAt(schedule, now);
  if (freeze !== null) return `frozen (${freezeName(freeze.name)}) until ${at(freeze.closes)}`;
  if (pool.windows === "always") return ALWAYS;
  const open = openingAt(schedule, now);
  if (open !== null) return Number.isFinite(open.closes) ? `window open until ${at(open.closes)}` : ALWAYS;
  const next = nextOpening(schedule, now);
  return next === null ? "window never opens" : `window opens ${at(next.opens)}`;
}

/** When nodes of the pool may go once people said yes, freezes cut out. */
export function whenText(pool: Pool, policy: Policy, now: Instant): string {
  const schedule = scheduleOf(policy, pool);
  const at = (instant: Instant): string => wallClock(instant, policy.timeZone, now);
  const open = openingAt(schedule, now);
  if (open !== null) return Number.isFinite(open.closes) ? `at once, until ${at(open.closes)}` : `at once; ${ALWAYS}`;
  const freeze = freezeAt(schedule, now);
  const frozen = freeze === null ? "" : `; frozen (${freezeName(freeze.name)}) until ${at(freeze.closes)}`;
  const next = nextOpening(schedule, now);
  if (next === null) return `never: the window does not open${frozen}`;
  const times = Number.isFinite(next.closes) ? `${at(next.opens)} to ${at(next.closes)}` : `from ${at(next.opens)} on`;
  return `${times}${frozen}`;
}
