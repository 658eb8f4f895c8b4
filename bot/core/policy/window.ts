import { DateTime } from "luxon";
import type { Instant } from "../instant.ts";
import type { Pool, WallTime, Window } from "./policy.ts";

/** From `opens` on, up to but not including `closes`. */
export interface Opening {
  readonly opens: Instant;
  readonly closes: Instant;
}

const ALWAYS: Opening = { opens: Number.NEGATIVE_INFINITY, closes: Number.POSITIVE_INFINITY };

/** Openings are laid out around the day asked for: an opening lasts at most a day, and merged ones are followed this far. */
const DAYS_BEFORE = 2;
const DAYS_AFTER = 8;

/** The opening that `now` is in, merged with those that touch it. */
export function openingAt(windows: Pool["windows"], zone: string, now: Instant): Opening | null {
  if (windows === "always") return ALWAYS;
  return openingsAround(windows, zone, now).find(({ opens, closes }) => opens <= now && now < closes) ?? null;
}

/** The first opening that begins after `now`; null when none does within a week. */
export function nextOpening(windows: Pool["windows"], zone: string, now: Instant): Opening | null {
  if (windows === "always") return ALWAYS;
  return openingsAround(windows, zone, now).find(({ opens }) => opens > now) ?? null;
}

const laidOut = new WeakMap<readonly Window[], { readonly key: string; readonly openings: readonly Opening[] }>();

/** Laying out is slow and asked for at every turn, so the last day's layout of each list of windows is kept. */
function openingsAround(windows: readonly Window[], zone: string, now: Instant): readonly Opening[] {
  const today = DateTime.fromMillis(now, { zone });
  const key = `${zone} ${today.toISODate()}`;
  const known = laidOut.get(windows);
  if (known?.key === key) return known.openings;
  const openings: Opening[] = [];
  for (let day = -DAYS_BEFORE; day <= DAYS_AFTER; day += 1) {
    const date = DateTime.fromObject({ year: today.year, month: today.month, day: today.day }, { zone: "utc" }).plus({
      days: day,
    });
    for (const window of windows) openings.push(...openingOn(window, date, zone));
  }
  const merged = merge(openings);
  laidOut.set(windows, { key, openings: merged });
  return merged;
}

/** The opening that belongs to the calendar day of `date`; none on a day that the zone skipped, or when nothing is left of it. */
function openingOn({ from, to }: Window, date: DateTime, zone: string): readonly Opening[] {
  const isOverMidnight = to.hour * 60 + to.minute <= from.hour * 60 + from.minute;
  if (!exists(date, zone)) return [];
  const opens = instantOf(date, from, zone);
  const closes = instantOf(isOverMidnight ? date.plus({ days: 1 }) : date, to, zone);
  return closes > opens ? [{ opens, closes }] : [];
}

/** A zone that crossed the date line has no such day: its noon falls on another date. */
function exists(date: DateTime, zone: string): boolean {
  const noon = DateTime.fromObject({ year: date.year, month: date.month, day: date.day, hour: 12 }, { zone });
  return noon.day === date.day;
}

/** A local time that occurs twice is its first occurrence; one in a gap is the first instant after the gap. */
function instantOf(date: DateTime, time: WallTime, zone: string): Instant {
  const wanted = { year: date.year, month: date.month, day: date.day, hour: time.hour, minute: time.minute };
  const local = DateTime.fromObject(wanted, { zone });
  const isReal = local.hour === time.hour && local.minute === time.minute && local.day === date.day;
  if (isReal) return Math.min(...local.getPossibleOffsets().map((option) => option.toMillis()));
  return endOfGap(local.toMillis(), zone);
}

/** Luxon moves a time in a gap on by the gap's length; the gap's end is the last change of offset at or before that. */
function endOfGap(after: Instant, zone: string): Instant {
  const offsetAt = (instant: Instant): number => DateTime.fromMillis(instant, { zone }).offset;
  let later = after;
  let earlier = after - 26 * 60 * 60_000;
  const offset = offsetAt(later);
  while (later - earlier > 1) {
    const middle = Math.floor((later + earlier) / 2);
    if (offsetAt(middle) === offset) later = middle;
    else earlier = middle;
  }
  return later;
}

function merge(openings: readonly Opening[]): readonly Opening[] {
  const merged: Opening[] = [];
  for (const opening of [...openings].sort((a, b) => a.opens - b.opens)) {
    const last = merged.at(-1);
    if (last !== undefined && opening.opens <= last.closes) {
      merged[merged.length - 1] = { opens: last.opens, closes: Math.max(last.closes, opening.closes) };
    } else {
      merged.push(opening);
    }
  }
  return merged;
}
