import { IANAZone } from "luxon";
import { DAY, type Duration, HOUR, type Instant, MINUTE } from "../instant.ts";

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

/** 1970-01-01 was a Thursday. */
const WEEKDAYS: readonly Weekday[] = [4, 5, 6, 7, 1, 2, 3];

/** Farther than any change of offset: zones that cross the date line change theirs by a day. */
const LONGEST_GAP = 26 * HOUR;

/** The calendar day that the zone shows at an instant. */
export function localDate(instant: Instant, zone: string): LocalDate {
  return dateOf(Math.floor((instant + offsetAt(instant, zone)) / DAY));
}

/** The time of day that the zone shows at an instant. */
export function wallTime(instant: Instant, zone: string): WallTime {
  const local = instant + offsetAt(instant, zone);
  const minutes = Math.floor((local - Math.floor(local / DAY) * DAY) / MINUTE);
  return { hour: Math.floor(minutes / 60), minute: minutes % 60 };
}

export function plusDays(date: LocalDate, days: number): LocalDate {
  return dateOf(dayNumber(date) + days);
}

export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from);
}

export function weekdayOf(date: LocalDate): Weekday {
  const weekday = WEEKDAYS[((dayNumber(date) % 7) + 7) % 7];
  if (weekday === undefined) throw new Error(`${date.year}-${date.month}-${date.day} is no day`);
  return weekday;
}

export function daysInMonth({ year, month }: LocalDate): number {
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return daysBetween({ year, month, day: 1 }, next);
}

/** A zone that crossed the date line has no such day: its noon is skipped with the rest of it. */
export function dayExists(date: LocalDate, zone: string): boolean {
  return localDate(instantOf(date, { hour: 12, minute: 0 }, zone), zone).day === date.day;
}

/**
 * A local time that occurs twice is its first occurrence; one in a gap is the first instant after the gap. By offsets
 * alone: which of two occurrences luxon picks depends on today's date.
 */
export function instantOf(date: LocalDate, { hour, minute }: WallTime, zone: string): Instant {
  const local = dayNumber(date) * DAY + hour * HOUR + minute * MINUTE;
  const before = offsetAt(local - LONGEST_GAP, zone);
  const after = offsetAt(local + LONGEST_GAP, zone);
  const occurrences = [local - before, local - after].filter((instant) => instant + offsetAt(instant, zone) === local);
  return occurrences.length > 0 ? Math.min(...occurrences) : endOfGap(local - LONGEST_GAP, local + LONGEST_GAP, zone);
}

/** The one change of offset in between. */
function endOfGap(earliest: Instant, latest: Instant, zone: string): Instant {
  const offset = offsetAt(latest, zone);
  let earlier = earliest;
  let later = latest;
  while (later - earlier > 1) {
    const middle = Math.floor((later + earlier) / 2);
    if (offsetAt(middle, zone) === offset) later = middle;
    else earlier = middle;
  }
  return later;
}

/** Windows of all pools, and of one policy after the other, are laid out over the same days, and an offset is dear. */
const offsets = new Map<string, Duration>();
const OFFSETS_KEPT = 10_000;

function offsetAt(instant: Instant, zone: string): Duration {
  const key = `${instant} ${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size >= OFFSETS_KEPT) offsets.clear();
  const offset = IANAZone.create(zone).offset(instant) * MINUTE;
  offsets.set(key, offset);
  return offset;
}

/** Years of the calendar begin in March here, so that the leap day is their last. */
const DAYS_OF_ERA = 146_097;
const YEARS_OF_ERA = 400;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH = 719_468;

/** Days since 1970-01-01, in the Gregorian calendar: days are counted without a zone, and without making a date. */
function dayNumber({ year, month, day }: LocalDate): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / YEARS_OF_ERA);
  const yearOfEra = marchYear - era * YEARS_OF_ERA;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_ERA + dayOfEra - EPOCH;
}

function dateOf(number: number): LocalDate {
  const days = number + EPOCH;
  const era = Math.floor(days / DAYS_OF_ERA);
  const dayOfEra = days - era * DAYS_OF_ERA;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * YEARS_OF_ERA + (month <= 2 ? 1 : 0), month, day };
}
