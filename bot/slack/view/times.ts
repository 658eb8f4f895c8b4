import { DateTime } from "luxon";
import {
  DAY,
  type Duration,
  formatDuration,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
  wallClock,
} from "../../core/instant.ts";

/** Where and when a card is read; a `now` of 0 has every time said with its day. */
export interface Reading {
  readonly zone: string;
  readonly now: Instant;
}

/** "22:41 CDT", or with its day where that is another one than now's. */
export const at = (instant: Instant, { zone, now }: Reading): string => wallClock(instant, zone, now);

/** As `at`; but a time in the next twelve hours needs no day, though midnight lies before it. */
export function soonAt(instant: Instant, { zone, now }: Reading): string {
  const isSoon = instant > now && instant - now < 12 * HOUR;
  return wallClock(instant, zone, isSoon ? instant : now);
}

/** "22:50:58 CDT" */
export function exactlyAt(instant: Instant, reading: Reading): string {
  const minute = at(instant, reading);
  const seconds = DateTime.fromMillis(instant, { zone: reading.zone }).toFormat(":ss");
  return minute.replace(/(\d\d:\d\d)(?= \S+$)/, `$1${seconds}`);
}

/** "Sat 02:00", or "Sat Dec 12, 02:00" when it is not one of the next days: for a button. */
export function dayAndTime(instant: Instant, { zone, now }: Reading): string {
  const there = DateTime.fromMillis(instant, { zone, locale: "en-US" });
  return there.toFormat(instant - now < 6 * DAY ? "ccc HH:mm" : "ccc LLL d, HH:mm");
}

/** "Sat Dec 5, 02:00-06:00 CST"; an end on another day needs its day only when a whole day lies between. */
export function span(from: Instant, to: Instant, reading: Reading): string {
  const start = at(from, reading);
  const end = wallClock(to, reading.zone, to - from < DAY ? to : from);
  const zoneOf = (text: string): string => text.slice(text.lastIndexOf(" "));
  const begins = zoneOf(start) === zoneOf(end) ? start.slice(0, start.lastIndexOf(" ")) : start;
  return end.includes(",") ? `${begins} to ${end}` : `${begins}-${end}`;
}

/** How long something takes, or took: "6 min", "1 h 5 min"; seconds matter below a minute only. */
export function minutes(length: Duration): string {
  return formatDuration(length < MINUTE ? length : Math.round(length / MINUTE) * MINUTE);
}

/** Minutes alone, for a bracket: "9" */
export const minutesOnly = (length: Duration): string => String(Math.max(1, Math.round(length / MINUTE)));

const QUARTER: Duration = 15 * MINUTE;

/**
 * A length that goes on while it is read: "over 2 h", null below a quarter of an hour. In steps, since a card that counts
 * minutes is edited each minute for nothing.
 */
export function overText(length: Duration): string | null {
  if (length < QUARTER) return null;
  const step = length < HOUR ? QUARTER : length < DAY ? HOUR : DAY;
  return `over ${formatDuration(Math.floor(length / step) * step)}`;
}

/** "3 days", for lengths from one day on. */
export function days(length: Duration): string {
  const count = Math.floor(length / DAY);
  return count === 1 ? "1 day" : `${count} days`;
}

/** The seconds since the epoch that Slack puts into a message's ts; null for a ts that is none. */
export function postedAt(ts: string): Instant | null {
  return /^\d+(\.\d+)?$/.test(ts) ? Number(ts) * SECOND : null;
}
