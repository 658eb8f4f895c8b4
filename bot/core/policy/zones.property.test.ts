import fc from "fast-check";
import { expect, test } from "vitest";
import { LocalClock, localText, midnight } from "../../sim/rules/local-clock.ts";
import { Openings } from "../../sim/rules/openings.ts";
import type { FreezeData, PoolData, WindowData } from "../../sim/rules/policy-data.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../instant.ts";
import { aPolicy, aPool } from "../testing/policies.ts";
import type { WallTime, Weekday } from "./calendar.ts";
import { nextOpening, openingAt, openingsBetween, scheduleOf } from "./schedule.ts";
import type { DayRule, Freeze, LocalTime, Window } from "./window.ts";

/** Every zone that this Node knows, on the days around one of its changes of the clocks of that year, if it has any. */
const ZONES = Intl.supportedValuesOf("timeZone");
const YEARS = [1995, 2011, 2024, 2026, 2027] as const;
const QUARTER = 15 * MINUTE;
const NAMES: readonly string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const NTHS = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;

function changesIn(zone: string, year: number): readonly Instant[] {
  const clock = new LocalClock(zone);
  const found: Instant[] = [];
  const offset = (at: Instant) => clock.shows(at) - at;
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY)
    if (offset(at) !== offset(at + DAY)) found.push(at);
  return found;
}

/** Most changes are at night. */
const quarters = fc.oneof(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 0, max: 95 }));
const asText = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
const time = quarters.map(asText);
const day = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)).map(([from, to]) => `${from}-${to}`),
  fc.tuple(fc.constantFrom("first", "third", "last"), fc.constantFrom(...NAMES)).map((parts) => parts.join(" ")),
);
const days = fc.option(fc.array(day, { minLength: 1, maxLength: 2 }), { nil: undefined });
const window: fc.Arbitrary<WindowData> = fc.oneof(
  fc.record({ from: time, to: time }),
  fc.record({ from: time, for: fc.integer({ min: 1, max: 160 }).map((count) => `${count * 15}m`) }),
);
const windows = fc.array(
  fc.tuple(window, days).map(([one, some]) => (some === undefined ? one : { ...one, days: some })),
  { minLength: 1, maxLength: 3 },
);
const freezes = fc.array(fc.tuple(fc.integer({ min: -200, max: 200 }), fc.integer({ min: 1, max: 150 })), {
  maxLength: 2,
});

const wallTime = (text: string): WallTime => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return { hour, minute };
};

const weekday = (name = ""): Weekday => {
  const found = ([1, 2, 3, 4, 5, 6, 7] as const)[NAMES.indexOf(name)];
  if (found === undefined) throw new Error(`${name} is no weekday`);
  return found;
};

function dayRule(text: string): DayRule {
  const [nth = "", name] = text.split(" ");
  if (name !== undefined) return { kind: "of month", nth: NTHS[nth as keyof typeof NTHS], weekday: weekday(name) };
  const [from, to = from] = text.split("-");
  const weekdays: Weekday[] = [];
  for (let one = weekday(from); ; one = weekday(NAMES[one % 7])) {
    weekdays.push(one);
    if (one === weekday(to)) return { kind: "weekdays", weekdays };
  }
}

const toWindow = ({ days: rules = [], from, to, for: length }: WindowData): Window => ({
  days: rules.map(dayRule),
  from: wallTime(from),
  end:
    to === undefined
      ? { kind: "for", length: Number.parseInt(length ?? "", 10) * MINUTE }
      : { kind: "to", to: wallTime(to) },
});

function toFreeze({ name, from, to }: FreezeData): Freeze {
  const local = (text: string): LocalTime => {
    const [year = 0, month = 0, dayOfMonth = 0] = text.slice(0, 10).split("-").map(Number);
    return { date: { year, month, day: dayOfMonth }, time: wallTime(text.slice(11)) };
  };
  return { name, from: local(from), to: local(to), pools: null };
}

interface Case {
  readonly zone: string;
  readonly around: Instant;
  readonly windows: readonly WindowData[];
  readonly freezes: readonly FreezeData[];
}

const anyCase: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...ZONES), fc.constantFrom(...YEARS), fc.nat(50), windows, freezes)
  .map(([zone, year, pick, some, frozen]) => {
    const changes = changesIn(zone, year);
    const around = changes[pick % Math.max(1, changes.length)] ?? Date.UTC(year, 0, 1) + pick * 7 * DAY;
    const shown = Math.floor(new LocalClock(zone).shows(around) / QUARTER) * QUARTER;
    const freeze = ([start, length]: readonly [number, number]): FreezeData => ({
      name: "frozen",
      from: localText(shown + start * QUARTER),
      to: localText(shown + (start + length) * QUARTER),
    });
    return { zone, around, windows: some, freezes: frozen.map(freeze) };
  });

function both({ zone, windows: some, freezes: frozen }: Case) {
  const pool = aPool({ windows: some.map(toWindow) });
  const schedule = scheduleOf(aPolicy({ timeZone: zone, freezes: frozen.map(toFreeze), pools: [pool] }), pool);
  const poolData = { name: "workers", windows: some } as unknown as PoolData;
  const policyData = { timeZone: zone, freezes: frozen, pools: [poolData] };
  const openings = new Openings({ ...policyData, maxRebooting: 1, people: {}, groups: {} });
  return { schedule, isOpen: (at: Instant): boolean => openings.isOpen(poolData, at) };
}

test("in every zone a pool is open exactly when the slow reference says so", { timeout: 120_000 }, () => {
  const property = fc.property(anyCase, (one) => {
    const { schedule, isOpen } = both(one);
    const from = Math.floor(one.around / QUARTER) * QUARTER - 2 * DAY;
    const to = from + 5 * DAY;
    const listed = openingsBetween(schedule, from, to);
    for (let at = from; at < to; at += QUARTER) {
      const expected = isOpen(at);
      const found = openingAt(schedule, at);
      expect(found !== null, new Date(at).toISOString()).toBe(expected);
      expect(listed.some(({ opens, closes }) => opens <= at && at < closes)).toBe(expected);
      if (found === null) continue;
      // Its ends are where the reference changes, so far as it looks.
      if (found.opens > from) expect([isOpen(found.opens), isOpen(found.opens - 1)]).toEqual([true, false]);
      if (found.closes < to) expect([isOpen(found.closes - 1), isOpen(found.closes)]).toEqual([true, false]);
    }
  });
  fc.assert(property, { seed: 20261101, numRuns: 70 });
});

test("what opens next is the first quarter that the reference finds open", { timeout: 60_000 }, () => {
  const property = fc.property(anyCase, (one) => {
    const { schedule, isOpen } = both(one);
    const from = Math.floor(one.around / QUARTER) * QUARTER;
    if (isOpen(from)) return;
    let expected = from;
    while (!isOpen(expected) && expected < from + 3 * DAY) expected += QUARTER;
    const next = nextOpening(schedule, from)?.opens ?? Number.POSITIVE_INFINITY;
    if (expected < from + 3 * DAY) expect(next).toBe(expected);
    else expect(next).toBeGreaterThanOrEqual(expected);
  });
  fc.assert(property, { seed: 20260308, numRuns: 60 });
});

test("a zone's own midnight may be in a gap", () => {
  // In Santiago 2026-09-06 begins at 01:00.
  const pool = aPool({ windows: [toWindow({ from: "00:00", to: "02:00" })] });
  const schedule = scheduleOf(aPolicy({ timeZone: "America/Santiago", pools: [pool] }), pool);
  const opens = Date.UTC(2026, 8, 6, 4);
  expect(openingAt(schedule, opens)).toEqual({ opens, closes: opens + HOUR });
  expect(midnight(new LocalClock("America/Santiago").shows(opens))).toBe(Date.UTC(2026, 8, 6));
});
