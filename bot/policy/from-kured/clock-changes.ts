import { DateTime } from "luxon";
import { DAY, type Instant, MINUTE, SECOND } from "../../core/instant.ts";
import { instantOf, type LocalDate, localDate, plusDays } from "../../core/policy/calendar.ts";
import type { KuredTimes } from "./windows.ts";

type KuredWindow = Extract<KuredTimes, { kind: "window" }>;

/** The years whose clock changes are looked at: what zones do later is not known yet. */
const FROM = DateTime.utc(2026).toMillis();
const TO = DateTime.utc(2031).toMillis();
const DAY_MINUTES = 24 * 60;
const DAY_SECONDS = DAY_MINUTES * 60;

interface ClockChange {
  readonly date: LocalDate;
  /** Negative when clocks go back. */
  readonly minutes: number;
}

export interface Misread {
  /** As 2026-03-29. */
  readonly date: string;
  readonly minutes: number;
}

/** The first clock change on which kured and the policy open or close this window at different instants. */
export function firstMisread(window: KuredWindow, zone: string): Misread | null {
  const change = clockChanges(zone).find((one) => isMisread(window, one, zone));
  if (change === undefined) return null;
  const { date, minutes } = change;
  return { date: DateTime.fromObject(date).toISODate() ?? "", minutes: Math.abs(minutes) };
}

function isMisread(window: KuredWindow, { date, minutes }: ClockChange, zone: string): boolean {
  const { startSecond, endSecond } = window;
  const edges = [-1, 0, 1].some((days) => {
    const day = plusDays(date, days);
    const opens = goInstant(day, startSecond, zone);
    const closes = goInstant(day, endSecond, zone) + SECOND;
    const from = atMinute(day, Math.ceil(startSecond / 60), zone);
    const to = atMinute(day, Math.floor((endSecond + 1) / 60), zone);
    return Math.ceil(opens / MINUTE) * MINUTE !== from || Math.floor(closes / MINUTE) * MINUTE !== to;
  });
  // kured crosses midnight by 24 hours, which on a day of 25 hours end before the day does.
  const extra = -minutes * 60;
  const isNearMidnight = startSecond + extra > DAY_SECONDS || endSecond + 1 < extra;
  return edges || (startSecond > endSecond && isNearMidnight);
}

function atMinute(day: LocalDate, minute: number, zone: string): Instant {
  const date = minute < DAY_MINUTES ? day : plusDays(day, 1);
  return instantOf(date, { hour: Math.floor(minute / 60) % 24, minute: minute % 60 }, zone);
}

/** Go's time.Date: the offset of the time read as UTC, and once more that of what comes out. */
function goInstant(date: LocalDate, second: number, zone: string): Instant {
  const wall = DateTime.fromObject(date, { zone: "utc" }).toMillis() + second * SECOND;
  const first = wall - offsetAt(wall, zone);
  return wall - offsetAt(first, zone);
}

const offsetAt = (instant: Instant, zone: string): number => DateTime.fromMillis(instant, { zone }).offset * MINUTE;

function clockChanges(zone: string): readonly ClockChange[] {
  const found: ClockChange[] = [];
  let before = offsetAt(FROM, zone);
  for (let day = FROM; day < TO; day += DAY) {
    const after = offsetAt(day + DAY, zone);
    if (after !== before)
      found.push({ date: localDate(changeIn(day, zone), zone), minutes: (after - before) / MINUTE });
    before = after;
  }
  return found;
}

/** The first instant with the new offset. */
function changeIn(day: Instant, zone: string): Instant {
  const offset = offsetAt(day + DAY, zone);
  let [earlier, later] = [day, day + DAY];
  while (later - earlier > 1) {
    const middle = Math.floor((earlier + later) / 2);
    if (offsetAt(middle, zone) === offset) later = middle;
    else earlier = middle;
  }
  return later;
}
