import type { Instant } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import type { Opening } from "../../core/policy/window.ts";
import { nameText } from "./mrkdwn.ts";
import { at, soonAt, span } from "./times.ts";

const ALWAYS = "window always open";

const freezeName = (name: string): string => nameText(name, 200);

/** What a pool's windows and freezes say about now: "frozen (year end) until Mon Jan 4, 06:00 CST". */
export function windowText(pool: Pool, policy: Policy, now: Instant): string {
  const schedule = scheduleOf(policy, pool);
  const reading = { zone: policy.timeZone, now };
  const freeze = freezeAt(schedule, now);
  if (freeze !== null) return `frozen (${freezeName(freeze.name)}) until ${soonAt(freeze.closes, reading)}`;
  if (pool.windows === "always") return ALWAYS;
  const open = openingAt(schedule, now);
  if (open !== null) return Number.isFinite(open.closes) ? `window open until ${soonAt(open.closes, reading)}` : ALWAYS;
  const next = nextOpening(schedule, now);
  return next === null ? "window never opens" : `window opens ${soonAt(next.opens, reading)}`;
}

/** When nodes of the pool may go once people said yes, freezes cut out. */
export function whenText(pool: Pool, policy: Policy, now: Instant): string {
  const schedule = scheduleOf(policy, pool);
  const reading = { zone: policy.timeZone, now };
  const open = openingAt(schedule, now);
  if (open !== null)
    return Number.isFinite(open.closes) ? `at once, until ${soonAt(open.closes, reading)}` : `at once; ${ALWAYS}`;
  const freeze = freezeAt(schedule, now);
  const frozen = freeze === null ? "" : `; frozen (${freezeName(freeze.name)}) until ${at(freeze.closes, reading)}`;
  const next = nextOpening(schedule, now);
  return next === null ? `never: the window does not open${frozen}` : `${openingText(next, policy.timeZone)}${frozen}`;
}

/** "Sat Dec 5, 02:00-06:00 CST" */
export function openingText({ opens, closes }: Opening, zone: string): string {
  const reading = { zone, now: 0 };
  return Number.isFinite(closes) ? span(opens, closes, reading) : `from ${at(opens, reading)} on`;
}
