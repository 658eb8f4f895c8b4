import { describe, expect, test } from "vitest";
import { DAY, type Instant, MINUTE } from "../instant.ts";
import { aWindow } from "../testing/policies.ts";
import type { Pool } from "./policy.ts";
import * as schedule from "./schedule.ts";
import type { Window } from "./window.ts";

const CHICAGO = "America/Chicago";
const BERLIN = "Europe/Berlin";
const APIA = "Pacific/Apia";

const openingAt = (windows: Pool["windows"], zone: string, now: Instant) =>
  schedule.openingAt({ windows, freezes: [], zone }, now);
const nextOpening = (windows: Pool["windows"], zone: string, now: Instant) =>
  schedule.nextOpening({ windows, freezes: [], zone }, now);

/** "22:00-01:00, 01:00-02:00" */
const windows = (text: string): readonly Window[] =>
  text.split(", ").map((one) => {
    const [from = "", to = ""] = one.split("-");
    return aWindow(from, to);
  });

const utc = (text: string): Instant => Date.parse(`${text}Z`);

test.each<[string, string, string, string, string, string]>([
  [
    "over midnight, looked at before it",
    "22:00-01:00",
    CHICAGO,
    "2026-12-05T05:30",
    "2026-12-05T04:00",
    "2026-12-05T07:00",
  ],
  [
    "over midnight, looked at after it",
    "22:00-01:00",
    CHICAGO,
    "2026-12-05T06:30",
    "2026-12-05T04:00",
    "2026-12-05T07:00",
  ],
  ["within one day", "02:00-04:00", BERLIN, "2026-07-01T01:00", "2026-07-01T00:00", "2026-07-01T02:00"],
  [
    "two that touch are one",
    "22:00-23:00, 23:00-23:30",
    "UTC",
    "2026-12-05T22:10",
    "2026-12-05T22:00",
    "2026-12-05T23:30",
  ],
  [
    "two that overlap are one",
    "22:00-01:00, 00:30-02:00",
    "UTC",
    "2026-12-05T22:10",
    "2026-12-05T22:00",
    "2026-12-06T02:00",
  ],
  [
    "one inside another adds nothing",
    "22:00-04:00, 23:00-23:30",
    "UTC",
    "2026-12-06T03:00",
    "2026-12-05T22:00",
    "2026-12-06T04:00",
  ],
  [
    "the night on which Chicago's clocks go on is an hour shorter",
    "22:00-04:00",
    CHICAGO,
    "2026-03-08T06:00",
    "2026-03-08T04:00",
    "2026-03-08T09:00",
  ],
  [
    "the night on which Chicago's clocks go back is an hour longer",
    "22:00-04:00",
    CHICAGO,
    "2026-11-01T06:00",
    "2026-11-01T03:00",
    "2026-11-01T10:00",
  ],
  [
    "from in Chicago's gap: the first instant after it, 03:00 CDT",
    "02:30-05:00",
    CHICAGO,
    "2026-03-08T08:30",
    "2026-03-08T08:00",
    "2026-03-08T10:00",
  ],
  [
    "to in Chicago's gap: the first instant after it",
    "01:00-02:30",
    CHICAGO,
    "2026-03-08T07:30",
    "2026-03-08T07:00",
    "2026-03-08T08:00",
  ],
  [
    "from twice in Chicago: the first occurrence, 01:30 CDT",
    "01:30-03:00",
    CHICAGO,
    "2026-11-01T07:00",
    "2026-11-01T06:30",
    "2026-11-01T09:00",
  ],
  [
    "to twice in Chicago: the first occurrence",
    "00:30-01:30",
    CHICAGO,
    "2026-11-01T06:00",
    "2026-11-01T05:30",
    "2026-11-01T06:30",
  ],
  [
    "from in Berlin's gap: the first instant after it, 03:00 CEST",
    "02:30-05:00",
    BERLIN,
    "2026-03-29T01:30",
    "2026-03-29T01:00",
    "2026-03-29T03:00",
  ],
  [
    "to in Berlin's gap: the first instant after it",
    "01:00-02:30",
    BERLIN,
    "2026-03-29T00:30",
    "2026-03-29T00:00",
    "2026-03-29T01:00",
  ],
  [
    "from twice in Berlin: the first occurrence, 02:30 CEST",
    "02:30-04:00",
    BERLIN,
    "2026-10-25T01:00",
    "2026-10-25T00:30",
    "2026-10-25T03:00",
  ],
  [
    "to twice in Berlin: the first occurrence",
    "01:00-02:30",
    BERLIN,
    "2026-10-25T00:00",
    "2026-10-24T23:00",
    "2026-10-25T00:30",
  ],
  [
    "a gap at midnight (Santiago): the day begins at 01:00",
    "00:00-03:00",
    "America/Santiago",
    "2026-09-06T05:00",
    "2026-09-06T04:00",
    "2026-09-06T06:00",
  ],
  [
    "a gap of half an hour (Lord Howe)",
    "02:15-05:00",
    "Australia/Lord_Howe",
    "2026-10-03T16:00",
    "2026-10-03T15:30",
    "2026-10-03T18:00",
  ],
  [
    "the evening before Apia's skipped day ends where that day would have begun",
    "22:00-02:00",
    APIA,
    "2011-12-30T09:00",
    "2011-12-30T08:00",
    "2011-12-30T10:00",
  ],
  [
    "the morning after Apia's skipped day",
    "00:30-02:00",
    APIA,
    "2011-12-30T11:00",
    "2011-12-30T10:30",
    "2011-12-30T12:00",
  ],
])("open: %s", (_, text, zone, now, opens, closes) => {
  expect(openingAt(windows(text), zone, utc(now))).toEqual({ opens: utc(opens), closes: utc(closes) });
});

test.each<[string, string, string, string]>([
  ["a window inside Chicago's gap is none", "02:10-02:50", CHICAGO, "2026-03-08T08:00"],
  ["the second occurrence of a window that occurs twice in Chicago", "01:10-01:50", CHICAGO, "2026-11-01T07:30"],
  ["a window inside Berlin's gap is none", "02:10-02:50", BERLIN, "2026-03-29T01:00"],
  ["the second occurrence of a window that occurs twice in Berlin", "02:10-02:50", BERLIN, "2026-10-25T01:30"],
  ["the day that Apia skipped opened nothing: 31 December begins closed", "22:00-02:00", APIA, "2011-12-30T10:00"],
])("closed: %s", (_, text, zone, now) => {
  expect(openingAt(windows(text), zone, utc(now))).toBeNull();
});

describe("an opening is half-open", () => {
  const night = windows("22:00-01:00");
  const opens = utc("2026-12-05T04:00");
  const closes = utc("2026-12-05T07:00");
  test.each<[string, Instant, boolean]>([
    ["a millisecond before it opens", opens - 1, false],
    ["as it opens", opens, true],
    ["a millisecond before it closes", closes - 1, true],
    ["as it closes", closes, false],
  ])("%s", (_, now, isOpen) => {
    expect(openingAt(night, CHICAGO, now) !== null).toBe(isOpen);
  });
});

test.each<[string, string, string, string, string]>([
  ["later today", "22:00-01:00", CHICAGO, "2026-12-05T00:00", "2026-12-05T04:00"],
  ["from within an opening, the one after it", "22:00-01:00", CHICAGO, "2026-12-05T05:00", "2026-12-06T04:00"],
  ["as it closes, tomorrow's", "22:00-01:00", CHICAGO, "2026-12-05T07:00", "2026-12-06T04:00"],
  ["past the day on which the gap swallows it", "02:10-02:50", CHICAGO, "2026-03-08T06:00", "2026-03-09T07:10"],
  ["past Apia's skipped day", "22:00-02:00", APIA, "2011-12-30T10:00", "2011-12-31T08:00"],
])("next: %s", (_, text, zone, now, opens) => {
  expect(nextOpening(windows(text), zone, utc(now))?.opens).toBe(utc(opens));
});

test("always is open for ever, before and after", () => {
  const forEver = { opens: Number.NEGATIVE_INFINITY, closes: Number.POSITIVE_INFINITY };
  expect(openingAt("always", CHICAGO, 0)).toEqual(forEver);
  expect(nextOpening("always", CHICAGO, 0)).toBeNull();
});

test("from equal to is a whole day, and whole days touch", () => {
  const wholeDay = windows("07:00-07:00");
  const now = utc("2026-12-05T07:00");
  for (const at of [now - 1, now, now + 1]) {
    const opening = openingAt(wholeDay, "UTC", at);
    expect(opening?.opens).toBeLessThan(now);
    expect(opening?.closes).toBeGreaterThan(now + DAY);
  }
});

test("a policy without windows never opens", () => {
  expect(openingAt([], "UTC", utc("2026-12-05T00:00"))).toBeNull();
  expect(nextOpening([], "UTC", utc("2026-12-05T00:00"))).toBeNull();
});

test("one list of windows is asked about in two zones and on two days", () => {
  const night = windows("22:00-23:00");
  const asked: readonly (readonly [string, string, string])[] = [
    [CHICAGO, "2026-12-05T04:10", "2026-12-05T04:00"],
    [BERLIN, "2026-12-05T21:10", "2026-12-05T21:00"],
    [CHICAGO, "2026-12-09T04:10", "2026-12-09T04:00"],
    [CHICAGO, "2026-12-05T04:20", "2026-12-05T04:00"],
  ];
  const found = asked.map(([zone, now]) => openingAt(night, zone, utc(now))?.opens);
  expect(found).toEqual(asked.map(([, , opens]) => utc(opens)));
});

test("the opening is the same from its first to its last minute", () => {
  const night = windows("23:00-05:00");
  const opens = utc("2026-11-01T04:00");
  const closes = utc("2026-11-01T11:00");
  for (let now = opens; now < closes; now += 10 * MINUTE) {
    expect(openingAt(night, CHICAGO, now)).toEqual({ opens, closes });
  }
});
