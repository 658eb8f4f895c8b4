import type { Duration, Instant } from "../instant.ts";
import {
  dayExists,
  daysInMonth,
  instantOf,
  type LocalDate,
  plusDays,
  type WallTime,
  type Weekday,
  weekdayOf,
} from "./calendar.ts";

/** Days on which a window opens: some weekdays of every week, or one weekday of a month (-1 is its last). */
export type DayRule =
  | { readonly kind: "weekdays"; readonly weekdays: readonly Weekday[] }
  | { readonly kind: "of month"; readonly nth: 1 | 2 | 3 | 4 | -1; readonly weekday: Weekday };

/** `to`: wall clock, over midnight when not later than `from`; `for`: elapsed time. */
export type WindowEnd =
  | { readonly kind: "to"; readonly to: WallTime }
  | { readonly kind: "for"; readonly length: Duration };

export interface Window {
  /** Any of these; empty means every day. */
  readonly days: readonly DayRule[];
  readonly from: WallTime;
  readonly end: WindowEnd;
}

/** Policy can't know no end of a freeze: both ends are local times, the second not included. */
export interface Freeze {
  readonly name: string;
  readonly from: LocalTime;
  readonly to: LocalTime;
  /** Names of pools; null freezes all. */
  readonly pools: readonly string[] | null;
}

export interface LocalTime {
  readonly date: LocalDate;
  readonly time: WallTime;
}

/** From `opens` on, up to but not including `closes`. Infinite where there is no end. */
export interface Opening {
  readonly opens: Instant;
  readonly closes: Instant;
}

/** The opening that belongs to the calendar day `date`; none on a day that the zone skipped, or when nothing is left of it. */
export function openingOn({ days, from, end }: Window, date: LocalDate, zone: string): readonly Opening[] {
  if (days.length > 0 && !days.some((rule) => fits(rule, date))) return [];
  if (!dayExists(date, zone)) return [];
  const opens = instantOf(date, from, zone);
  const closes = closesAt(date, { from, end, opens, zone });
  return closes > opens ? [{ opens, closes }] : [];
}

function closesAt(
  date: LocalDate,
  { from, end, opens, zone }: Pick<Window, "from" | "end"> & { opens: Instant; zone: string },
): Instant {
  if (end.kind === "for") return opens + end.length;
  const isOverMidnight = minutesOf(end.to) <= minutesOf(from);
  return instantOf(isOverMidnight ? plusDays(date, 1) : date, end.to, zone);
}

const minutesOf = ({ hour, minute }: WallTime): number => hour * 60 + minute;

function fits(rule: DayRule, date: LocalDate): boolean {
  const weekday = weekdayOf(date);
  if (rule.kind === "weekdays") return rule.weekdays.includes(weekday);
  if (weekday !== rule.weekday) return false;
  return rule.nth === -1 ? date.day + 7 > daysInMonth(date) : Math.ceil(date.day / 7) === rule.nth;
}
