import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY, type Instant, MINUTE } from "../instant.ts";
import type { WallTime } from "./calendar.ts";
import { nextOpening, openingAt } from "./schedule.ts";
import type { Opening } from "./window.ts";

/** Days on which the clocks change, or a day is skipped, and one on which nothing happens. */
const PLACES: readonly (readonly [zone: string, noon: string])[] = [
  ["America/Chicago", "2026-03-08T12:00Z"],
  ["America/Chicago", "2026-11-01T12:00Z"],
  ["Europe/Berlin", "2026-03-29T12:00Z"],
  ["Europe/Berlin", "2026-10-25T12:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T12:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T12:00Z"],
  ["America/Santiago", "2026-09-06T12:00Z"],
  ["America/Santiago", "2026-04-05T12:00Z"],
  ["Asia/Kathmandu", "2026-12-05T12:00Z"],
];

const DAYS_EACH_SIDE = 4;

interface Minute {
  readonly at: Instant;
  /** The wall clock, as if it were UTC. */
  readonly shows: number;
}

/** Every minute around the change, with what the wall clock shows; by Intl, so nothing is shared with what is tested. */
function walk(zone: string, noon: Instant): readonly Minute[] {
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const minutes: Minute[] = [];
  for (let at = noon - DAYS_EACH_SIDE * DAY; at < noon + DAYS_EACH_SIDE * DAY; at += MINUTE) {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = clock
      .format(at)
      .split(/\D+/)
      .map((digits) => Number(digits));
    minutes.push({ at, shows: Date.UTC(year, month - 1, day, hour, minute) });
  }
  return minutes;
}

const WALKS = new Map(PLACES.map(([zone, noon]) => [`${zone} ${noon}`, walk(zone, Date.parse(noon))]));

interface Night {
  readonly from: WallTime;
  readonly to: WallTime;
}

const minuteOf = ({ hour, minute }: WallTime): number => (hour * 60 + minute) * MINUTE;

/** Minutes that are open: from the first that shows `from` or later, to the first that shows `to` or later. */
function openMinutes(minutes: readonly Minute[], windows: readonly Night[]): ReadonlySet<Instant> {
  const days = new Set(minutes.map(({ shows }) => shows - (shows % DAY)));
  const open = new Set<Instant>();
  for (const day of days) {
    for (const { from, to } of windows) {
      const isOverMidnight = minuteOf(to) <= minuteOf(from);
      const start = minutes.findIndex(({ shows }) => shows >= day + minuteOf(from));
      const end = minutes.findIndex(({ shows }) => shows >= day + (isOverMidnight ? DAY : 0) + minuteOf(to));
      if (start === -1 || end === -1) continue;
      for (const { at } of minutes.slice(start, end)) open.add(at);
    }
  }
  return open;
}

function runAround(open: ReadonlySet<Instant>, at: Instant): Opening {
  let opens = at;
  let closes = at;
  while (open.has(opens - MINUTE)) opens -= MINUTE;
  while (open.has(closes)) closes += MINUTE;
  return { opens, closes };
}

const wallTimes = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });
/** Most changes of the clocks are at night. */
const nights = fc.record({ hour: fc.integer({ min: 0, max: 3 }), minute: fc.constantFrom(0, 15, 30, 45) });
const anyWindows = fc.array(fc.record({ from: fc.oneof(nights, wallTimes), to: fc.oneof(nights, wallTimes) }), {
  minLength: 1,
  maxLength: 3,
});

test("an opening is what a walk minute by minute finds", { timeout: 60_000 }, () => {
  const property = fc.property(
    fc.constantFrom(...PLACES),
    anyWindows,
    fc.integer({ min: -1.5 * 1440, max: 1.5 * 1440 }),
    fc.integer({ min: 0, max: MINUTE - 1 }),
    ([zone, noon], windows, minutesFromNoon, millis) => {
      const minute = Date.parse(noon) + minutesFromNoon * MINUTE;
      const open = openMinutes(WALKS.get(`${zone} ${noon}`) ?? [], windows);
      const laid = windows.map(({ from, to }) => ({ days: [], from, end: { kind: "to" as const, to } }));
      const schedule = { windows: laid, freezes: [], zone };
      const found = openingAt(schedule, minute + millis);
      expect(found !== null, "is open").toBe(open.has(minute));
      if (found === null) {
        const next = nextOpening(schedule, minute + millis)?.opens ?? Number.POSITIVE_INFINITY;
        let expected = minute;
        while (!open.has(expected) && expected < minute + 2 * DAY) expected += MINUTE;
        if (open.has(expected)) expect(next).toBe(expected);
        return;
      }
      const run = runAround(open, minute);
      // Openings that never end are laid out, and walked, only so far.
      if (run.opens > minute - DAY) expect(found.opens).toBe(run.opens);
      if (run.closes < minute + DAY) expect(found.closes).toBe(run.closes);
    },
  );
  fc.assert(property, { seed: 20261101, numRuns: 100 });
});
