import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../core/instant.ts";
import { NOW } from "../../core/testing/now.ts";
import { dayAndTime, days, exactlyAt, minutes, overText, postedAt, soonAt, span } from "./times.ts";

/** It is Fri Dec 4, 22:30. */
const reading = { zone: "America/Chicago", now: NOW };

test.each<[string, string | null, string | null]>([
  ["soon, past midnight", soonAt(NOW + 3 * HOUR, reading), "01:30 CST"],
  ["not soon", soonAt(NOW + 12 * HOUR, reading), "Sat Dec 5, 10:30 CST"],
  ["to the second", exactlyAt(NOW + 58 * SECOND, reading), "22:30:58 CST"],
  ["to the second, on another day", exactlyAt(NOW - DAY, reading), "Thu Dec 3, 22:30:00 CST"],
  ["for a button", dayAndTime(NOW + 4 * HOUR, reading), "Sat 02:30"],
  ["for a button, far away", dayAndTime(NOW + 8 * DAY, reading), "Sat Dec 12, 22:30"],
  ["a span of today", span(NOW - HOUR, NOW, reading), "21:30-22:30 CST"],
  [
    "a span over midnight, with its day",
    span(NOW, NOW + 2 * HOUR, { ...reading, now: 0 }),
    "Fri Dec 4, 22:30-00:30 CST",
  ],
  ["a span of days", span(NOW, NOW + 2 * DAY, { ...reading, now: 0 }), "Fri Dec 4, 22:30 to Sun Dec 6, 22:30 CST"],
  [
    "a span over a change of the clocks",
    span(Date.UTC(2026, 9, 31, 27), Date.UTC(2026, 10, 1, 9), { ...reading, now: 0 }),
    "Sat Oct 31, 22:00 CDT-03:00 CST",
  ],
  ["a length below a minute", minutes(40 * SECOND), "40 s"],
  ["a length", minutes(6 * MINUTE + 40 * SECOND), "7 min"],
  ["an age below a quarter of an hour", overText(15 * MINUTE - 1), null],
  ["an age of minutes", overText(44 * MINUTE), "over 30 min"],
  ["an age of hours", overText(2 * HOUR + 59 * MINUTE), "over 2 h"],
  ["an age of days", overText(3 * DAY + HOUR), "over 3 d"],
  ["a day", days(DAY), "1 day"],
  ["days", days(3 * DAY), "3 days"],
])("a time is said: %s", (_, said, expected) => {
  expect(said).toBe(expected);
});

test.each([
  ["1733373000.123456", 1_733_373_000_123.456],
  ["", null],
  ["x", null],
])("a message with ts %j was posted then", (ts, at) => {
  expect(postedAt(ts)).toBe(at);
});
