import { DateTime } from "luxon";
import { DAY, type Instant, MINUTE, SECOND } from "../../../core/instant.ts";

/** kured's flags as the numbers that they mean: seconds after midnight, and weekdays from Sunday (0). */
export interface KuredWindow {
  readonly days: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly zone: string;
}

/** `current`: as kured. `opening`: hours after midnight count for the day before, and all else is as kured. */
export type DayRule = "current" | "opening";

/** The rule of kured's pkg/timewindow, slow and to the letter. */
export function kuredAllows({ days, start, end, zone }: KuredWindow, at: Instant, dayRule: DayRule): boolean {
  const local = DateTime.fromMillis(at, { zone });
  let startsAt = goDate(local, start, zone);
  let endsAt = goDate(local, end, zone) + SECOND - 1;
  let day = local.weekday % 7;
  if (start > end) {
    if (at < endsAt) {
      startsAt -= DAY;
      if (dayRule === "opening") day = (day + 6) % 7;
    } else endsAt += DAY;
  }
  return days.includes(day) && startsAt <= at && at <= endsAt;
}

/** A minute counts when kured allows a reboot in all of it; it changes its mind at the seconds of its edges only. */
export function kuredAllowsMinute(window: KuredWindow, minute: Instant, dayRule: DayRule): boolean {
  const seconds = [0, window.start % 60, (window.start + 59) % 60, window.end % 60, (window.end + 1) % 60, 59];
  return seconds.every((second) => kuredAllows(window, minute + second * SECOND, dayRule));
}

/** Go's time.Date: the zone's offset at the time taken for UTC, then once more at what that gives. */
function goDate({ year, month, day }: DateTime, second: number, zone: string): Instant {
  const wall = DateTime.utc(year, month, day).toMillis() + second * SECOND;
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
}

const offsetAt = (at: Instant, zone: string): number => DateTime.fromMillis(at, { zone }).offset * MINUTE;
