import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { daysBetween, daysInMonth, instantOf, localDate, plusDays, weekdayOf } from "./calendar.ts";

test("every day of two hundred years is the one that luxon says", () => {
  let date = { year: 1900, month: 1, day: 1 };
  for (let day = DateTime.utc(1900, 1, 1); day.year < 2100; day = day.plus({ days: 1 })) {
    expect(date).toEqual({ year: day.year, month: day.month, day: day.day });
    expect(weekdayOf(date)).toBe(day.weekday);
    date = plusDays(date, 1);
  }
  expect(daysBetween({ year: 1900, month: 1, day: 1 }, date)).toBe(73_049);
});

test.each([
  [2024, 2, 29],
  [2100, 2, 28],
  [2000, 2, 29],
  [2026, 12, 31],
  [2026, 4, 30],
])("%i-%i has %i days", (year, month, days) => {
  expect(daysInMonth({ year, month, day: 1 })).toBe(days);
});

const at = (text: string) => {
  const [date = "", time = ""] = text.split(" ");
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return [
    { year, month, day },
    { hour, minute },
  ] as const;
};

test.each<[string, string, string, string]>([
  ["a time like any other", "2026-12-05 22:30", "America/Chicago", "2026-12-06T04:30:00Z"],
  ["one that occurs twice: the first", "2026-11-01 01:30", "America/New_York", "2026-11-01T05:30:00Z"],
  ["one in a gap: its end", "2026-03-08 02:30", "America/New_York", "2026-03-08T07:00:00Z"],
  ["midnight in a gap", "2026-09-06 00:00", "America/Santiago", "2026-09-06T04:00:00Z"],
  ["half an hour of gap", "2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["a day that was skipped", "2011-12-30 15:00", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["the first day after a skipped one", "2011-12-31 00:00", "Pacific/Fakaofo", "2011-12-30T11:00:00Z"],
])("%s", (_, text, zone, utc) => {
  const [date, time] = at(text);
  expect(new Date(instantOf(date, time, zone)).toISOString()).toBe(new Date(utc).toISOString());
});

test("the calendar day is the zone's", () => {
  const instant = Date.UTC(2026, 11, 31, 18);
  expect(localDate(instant, "Asia/Tokyo")).toEqual({ year: 2027, month: 1, day: 1 });
  expect(localDate(instant, "America/Chicago")).toEqual({ year: 2026, month: 12, day: 31 });
});
