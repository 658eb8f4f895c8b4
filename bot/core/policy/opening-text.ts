import { DateTime } from "luxon";
import { type Duration, formatDuration, type Instant, MINUTE, wallClock } from "../instant.ts";
import type { Opening } from "./window.ts";

/** One opening as people read it: "Sat 2026-10-31 22:00 CDT to Sun 2026-11-01 01:00 CDT, 3 h". Ends that are infinite are open. */
export function openingText(opening: Opening, zone: string): string {
  const { opens, closes } = opening;
  const length = closes - opens;
  const lasts = Number.isFinite(length) ? `, ${formatDuration(length)}` : "";
  const change = clockChange(opening, zone);
  return `${shown(opens, zone)} to ${shown(closes, zone)}${lasts}${change === null ? "" : `  (${change})`}`;
}

function shown(instant: Instant, zone: string): string {
  if (!Number.isFinite(instant)) return instant < 0 ? "always" : "no end";
  const local = DateTime.fromMillis(instant, { zone });
  // luxon names most zones by their offset only; wallClock has the short names that people know.
  const name = wallClock(instant, zone, instant).split(" ").slice(1).join(" ");
  return `${local.setLocale("en-US").toFormat("ccc yyyy-MM-dd HH:mm")} ${name}`;
}

/** What the clocks do on a day of this opening; null when nothing. */
function clockChange({ opens, closes }: Opening, zone: string): string | null {
  if (!Number.isFinite(opens) || !Number.isFinite(closes)) return null;
  const inside = offsetAt(closes, zone) - offsetAt(opens, zone);
  if (inside !== 0) {
    const wall = closes - opens + inside;
    const instead = wall > 0 ? `: ${formatDuration(closes - opens)} instead of ${formatDuration(wall)}` : "";
    return `clocks go ${inside < 0 ? "back" : "forward"} ${formatDuration(Math.abs(inside))} meanwhile${instead}`;
  }
  const days = [opens, closes - 1].map((instant) => DateTime.fromMillis(instant, { zone }).startOf("day"));
  for (const day of days) {
    const change = offsetAt(day.plus({ days: 1 }).toMillis(), zone) - offsetAt(day.toMillis(), zone);
    if (change !== 0)
      return `clocks go ${change < 0 ? "back" : "forward"} ${formatDuration(Math.abs(change))} on ${day.toISODate()}`;
  }
  return null;
}

const offsetAt = (instant: Instant, zone: string): Duration => DateTime.fromMillis(instant, { zone }).offset * MINUTE;

/** UTC in whole seconds. */
export function openingTimes({ opens, closes }: Opening): { readonly opens: string; readonly closes: string } {
  const utc = (instant: Instant): string =>
    DateTime.fromMillis(instant, { zone: "utc" }).toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
  return { opens: utc(opens), closes: utc(closes) };
}

/** So many calendar days later on the clock of the zone. */
export function daysLater(instant: Instant, days: number, zone: string): Instant {
  return DateTime.fromMillis(instant, { zone }).plus({ days }).toMillis();
}

/** A time as people give it: ISO 8601, in the zone where it names no offset. Null for what is no time. */
export function timeIn(text: string, zone: string): Instant | null {
  const time = DateTime.fromISO(text, { zone });
  return time.isValid ? time.toMillis() : null;
}
