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

/** How many days around now's week are laid out at first, and when that does not show both ends of an opening. */
const HORIZONS = [8, 40, 400] as const;

/** The opening that `now` is in, merged with those that touch it; infinite where no end is found within the year. */
export function openingAt(schedule: Schedule, now: Instant): Opening | null {
  return find(schedule, now, ({ opens, closes }) => opens <= now && now < closes, "is certain");
}

/** The first opening that begins after `now`; null when none does within the year. */
export function nextOpening(schedule: Schedule, now: Instant): Opening | null {
  return find(schedule, now, ({ opens }) => opens > now, "may be farther");
}

function find(
  schedule: Schedule,
  now: Instant,
  isWanted: (opening: Opening) => boolean,
  absence: "is certain" | "may be farther",
): Opening | null {
  let last: Opening | null = null;
  for (const days of HORIZONS) {
    const { openings, from, to } = laidOut(schedule, now, days);
    const found = openings.find(isWanted) ?? null;
    if (found === null && absence === "is certain") return null;
    // An opening that reaches an edge of what was laid out may go on beyond it.
    const opens = found !== null && found.opens <= from ? Number.NEGATIVE_INFINITY : (found?.opens ?? now);
    const closes = found !== null && found.closes >= to ? Number.POSITIVE_INFINITY : (found?.closes ?? now);
    last = found === null ? null : { opens, closes };
    if (found !== null && Number.isFinite(opens) && Number.isFinite(closes)) return found;
    if (schedule.windows === "always" && last !== null) return found;
  }
  return last;
}

/** All openings that overlap [from, to), cut to it. */
export function openingsBetween(schedule: Schedule, from: Instant, to: Instant): readonly Opening[] {
  return within(layOut(schedule, from, to), from, to);
}

/** The freeze that `now` is in; of several the one that lasts longest. */
export function freezeAt(schedule: Schedule, now: Instant): FreezeTime | null {
  const current = freezesOf(schedule).filter(({ opens, closes }) => opens <= now && now < closes);
  return current.reduce<FreezeTime | null>(
    (last, one) => (last === null || one.closes > last.closes ? one : last),
    null,
  );
}

/** When the next freeze begins after `now`. */
export function nextFreeze(schedule: Schedule, now: Instant): FreezeTime | null {
  const later = freezesOf(schedule).filter(({ opens }) => opens > now);
  return later.reduce<FreezeTime | null>(
    (first, one) => (first === null || one.opens < first.opens ? one : first),
    null,
  );
}

interface Layout {
  readonly openings: readonly Opening[];
  readonly from: Instant;
  readonly to: Instant;
}

const layouts = new WeakMap<Schedule, Map<string, Layout>>();
/** Of each horizon for the three weeks in which a forecast's fortnight lies, and some more. */
const LAYOUTS_KEPT = 12;

/** Laying out is slow and asked for at every turn, so each schedule's layouts are kept: of this week, and of those looked ahead to. */
function laidOut(schedule: Schedule, now: Instant, days: number): Layout {
  const ofSchedule = layouts.get(schedule) ?? new Map<string, Layout>();
  layouts.set(schedule, ofSchedule);
  const week = Math.floor(now / (7 * DAY));
  const key = `${week} ${days}`;
  const known = ofSchedule.get(key);
  if (known !== undefined) return known;
  const [oldest = key] = ofSchedule.keys();
  if (ofSchedule.size >= LAYOUTS_KEPT) ofSchedule.delete(oldest);
  const from = (7 * week - days) * DAY;
  const to = (7 * week + 7 + days) * DAY;
  const layout = { openings: layOut(schedule, from, to), from, to };
  ofSchedule.set(key, layout);
  return layout;
}

/** Everything open in [from, to), and how it goes on around that. */
function layOut(schedule: Schedule, from: Instant, to: Instant): readonly Opening[] {
  const { windows, zone } = schedule;
  if (windows === "always") {
    const always = { opens: Number.NEGATIVE_INFINITY, closes: Number.POSITIVE_INFINITY };
    return without([always], freezesOf(schedule));
  }
  const openings: Opening[] = [];
  const first = localDate(from - longest(windows) - 2 * DAY, zone);
  const days = daysBetween(first, localDate(to + 2 * DAY, zone));
  for (let index = 0; index <= days; index += 1) {
    const date = plusDays(first, index);
    for (const window of windows) openings.push(...openingOn(window, date, zone));
  }
  return without(merge(openings), freezesOf(schedule));
}

function longest(windows: readonly Window[]): number {
  return Math.max(DAY, ...windows.map(({ end }) => (end.kind === "for" ? end.length : DAY)));
}

const freezeInstants = new WeakMap<Schedule, readonly FreezeTime[]>();

/** All of them, past ones too. */
export function freezesOf(schedule: Schedule): readonly FreezeTime[] {
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
