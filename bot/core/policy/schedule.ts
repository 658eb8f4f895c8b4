import { DAY, type Instant } from "../instant.ts";
import { daysBetween, instantOf, localDate, plusDays } from "./calendar.ts";
import { merge, within, without } from "./intervals.ts";
import type { Policy, Pool } from "./policy.ts";
import { type Freeze, type Opening, openingOn, type Window } from "./window.ts";

/** When nodes of one pool may go: its windows without its freezes, in the policy's zone. */
export interface Schedule {
  readonly windows: Pool["windows"];
  readonly freezes: readonly Freeze[];
  readonly zone: string;
}

/** A freeze with its ends as instants. */
export interface FreezeTime extends Opening {
  readonly name: string;
}

const schedules = new WeakMap<Policy, Map<Pool, Schedule>>();

/** The same object for the same policy and pool: what was laid out for it is kept with it. */
export function scheduleOf(policy: Policy, pool: Pool): Schedule {
  const ofPolicy = schedules.get(policy) ?? new Map<Pool, Schedule>();
  schedules.set(policy, ofPolicy);
  const known = ofPolicy.get(pool);
  if (known !== undefined) return known;
  const freezes = policy.freezes.filter(({ pools }) => pools === null || pools.includes(pool.name));
  const schedule = { windows: pool.windows, freezes, zone: policy.timeZone };
  ofPolicy.set(pool, schedule);
  return schedule;
}

/** How far openings are laid out at first, and when that does not show an end; beyond the last there is none. */
const HORIZONS = [8, 40, 400] as const;

/** The opening that `now` is in, merged with those that touch it. */
export function openingAt(schedule: Schedule, now: Instant): Opening | null {
  for (const days of HORIZONS) {
    const { openings, end } = laidOut(schedule, now, days);
    const open = openings.find(({ opens, closes }) => opens <= now && now < closes);
    if (open === undefined) return null;
    if (open.closes < end || open.closes === Number.POSITIVE_INFINITY) return open;
    if (days === HORIZONS.at(-1)) return { ...open, closes: Number.POSITIVE_INFINITY };
  }
  return null;
}

/** The first opening that begins after `now`; null when none does within the year. */
export function nextOpening(schedule: Schedule, now: Instant): Opening | null {
  for (const days of HORIZONS) {
    const { openings, end } = laidOut(schedule, now, days);
    const next = openings.find(({ opens }) => opens > now);
    if (next === undefined) continue;
    if (next.closes < end || next.closes === Number.POSITIVE_INFINITY) return next;
    if (days === HORIZONS.at(-1)) return { ...next, closes: Number.POSITIVE_INFINITY };
  }
  return null;
}

/** All openings that overlap [from, to), cut to it. */
export function openingsBetween(schedule: Schedule, from: Instant, to: Instant): readonly Opening[] {
  return within(layOut(schedule, from, to), from, to);
}

/** The freeze that `now` is in; of several the one that lasts longest. */
export function freezeAt(schedule: Schedule, now: Instant): FreezeTime | null {
  const current = freezeTimes(schedule).filter(({ opens, closes }) => opens <= now && now < closes);
  return current.reduce<FreezeTime | null>(
    (last, one) => (last === null || one.closes > last.closes ? one : last),
    null,
  );
}

/** When the next freeze begins after `now`. */
export function nextFreeze(schedule: Schedule, now: Instant): FreezeTime | null {
  const later = freezeTimes(schedule).filter(({ opens }) => opens > now);
  return later.reduce<FreezeTime | null>(
    (first, one) => (first === null || one.opens < first.opens ? one : first),
    null,
  );
}

interface Layout {
  readonly key: string;
  readonly openings: readonly Opening[];
  /** An opening that reaches this far may go on beyond it. */
  readonly end: Instant;
}

const layouts = new WeakMap<Schedule, Map<number, Layout>>();

/** Laying out is slow and asked for at every turn, so each schedule's layout of the day is kept. */
function laidOut(schedule: Schedule, now: Instant, days: number): Layout {
  const ofSchedule = layouts.get(schedule) ?? new Map<number, Layout>();
  layouts.set(schedule, ofSchedule);
  const day = Math.floor(now / DAY);
  const key = String(day);
  const known = ofSchedule.get(days);
  if (known?.key === key) return known;
  const end = (day + 1 + days) * DAY;
  const layout = { key, openings: layOut(schedule, day * DAY, end), end };
  ofSchedule.set(days, layout);
  return layout;
}

/** Everything open in [from, to), and how it goes on around that. */
function layOut(schedule: Schedule, from: Instant, to: Instant): readonly Opening[] {
  const { windows, zone } = schedule;
  if (windows === "always") {
    const always = { opens: Number.NEGATIVE_INFINITY, closes: Number.POSITIVE_INFINITY };
    return without([always], freezeTimes(schedule));
  }
  const openings: Opening[] = [];
  const first = localDate(from - longest(windows) - 2 * DAY, zone);
  const days = daysBetween(first, localDate(to + 2 * DAY, zone));
  for (let index = 0; index <= days; index += 1) {
    const date = plusDays(first, index);
    for (const window of windows) openings.push(...openingOn(window, date, zone));
  }
  return without(merge(openings), freezeTimes(schedule));
}

function longest(windows: readonly Window[]): number {
  return Math.max(DAY, ...windows.map(({ end }) => (end.kind === "for" ? end.length : DAY)));
}

const freezeInstants = new WeakMap<Schedule, readonly FreezeTime[]>();

function freezeTimes(schedule: Schedule): readonly FreezeTime[] {
  const known = freezeInstants.get(schedule);
  if (known !== undefined) return known;
  const times = schedule.freezes.map(({ name, from, to }) => ({
    name,
    opens: instantOf(from.date, from.time, schedule.zone),
    closes: instantOf(to.date, to.time, schedule.zone),
  }));
  freezeInstants.set(schedule, times);
  return times;
}
