import { DateTime } from "luxon";
import { HOUR, type Instant } from "../instant.ts";

/** A time of day as clocks on the wall show it. */
export interface WallTime {
  readonly hour: number;
  readonly minute: number;
}

/** A day as calendars on the wall show it; `month` from 1. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** ISO: 1 is Monday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Farther than any change of offset: zones that cross the date line change theirs by a day. */
const LONGEST_GAP = 26 * HOUR;

const WEEKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

export function localDate(instant: Instant, zone: string): LocalDate {
  const { year, month, day } = DateTime.fromMillis(instant, { zone });
  return { year, month, day };
}

export function plusDays(date: LocalDate, days: number): LocalDate {
  const { year, month, day } = DateTime.fromObject(date, { zone: "utc" }).plus({ days });
  return { year, month, day };
}

export function daysBetween(from: LocalDate, to: LocalDate): number {
  return DateTime.fromObject(to, { zone: "utc" }).diff(DateTime.fromObject(from, { zone: "utc" }), "days").days;
}

export function weekdayOf(date: LocalDate): Weekday {
  const weekday = WEEKDAYS[DateTime.fromObject(date, { zone: "utc" }).weekday - 1];
  if (weekday === undefined) throw new Error(`${date.year}-${date.month}-${date.day} is no day`);
  return weekday;
}

export function daysInMonth({ year, month }: LocalDate): number {
  return DateTime.utc(year, month).daysInMonth ?? 31;
}

/** A zone that crossed the date line has no such day: its noon falls on another date. */
export function dayExists(date: LocalDate, zone: string): boolean {
  return DateTime.fromObject({ ...date, hour: 12 }, { zone }).day === date.day;
}

/** A local time that occurs twice is its first occurrence; one in a gap is the first instant after the gap. */
export function instantOf(date: LocalDate, { hour, minute }: WallTime, zone: string): Instant {
  const local = DateTime.fromObject({ ...date, hour, minute }, { zone });
  const isReal = local.hour === hour && local.minute === minute && local.day === date.day;
  // Which of two occurrences luxon picks depends on today's date.
  if (isReal) return Math.min(...local.getPossibleOffsets().map((option) => option.toMillis()));
  return endOfGap(local.toMillis(), zone);
}

/** Luxon moves a time in a gap on by the gap's length; the gap's end is the last change of offset at or before that. */
function endOfGap(after: Instant, zone: string): Instant {
  const offsetAt = (instant: Instant): number => DateTime.fromMillis(instant, { zone }).offset;
  const offset = offsetAt(after);
  let later = after;
  let earlier = after - LONGEST_GAP;
  while (later - earlier > 1) {
    const middle = Math.floor((later + earlier) / 2);
    if (offsetAt(middle) === offset) later = middle;
    else earlier = middle;
  }
  return later;
}
