import { expect, test } from "vitest";
import { parseUntil } from "./times.ts";

/** Friday 2026-12-04, 22:30 in Chicago. */
const NOW = Date.UTC(2026, 11, 5, 4, 30);
const place = { zone: "America/Chicago", now: NOW };

test.each([
  ["mon 09:00", "2026-12-07T09:00:00-06:00"],
  ["Monday", "2026-12-07T09:00:00-06:00"],
  ["monday at 9", "2026-12-07T09:00:00-06:00"],
  ["next monday 9:00", "2026-12-07T09:00:00-06:00"],
  ["fri 18:00", "2026-12-11T18:00:00-06:00"],
  ["sunday at 8 pm", "2026-12-06T20:00:00-06:00"],
  ["tomorrow", "2026-12-05T09:00:00-06:00"],
  ["tomorrow 8am", "2026-12-05T08:00:00-06:00"],
  ["tomorrow morning", "2026-12-05T09:00:00-06:00"],
  ["tomorrow evening", "2026-12-05T20:00:00-06:00"],
  ["tomorrow at noon", "2026-12-05T12:00:00-06:00"],
  ["18:00", "2026-12-05T18:00:00-06:00"],
  ["23:00", "2026-12-04T23:00:00-06:00"],
  ["noon", "2026-12-05T12:00:00-06:00"],
  ["18:00 UTC", "2026-12-05T18:00:00Z"],
  ["18:00 cst", "2026-12-05T18:00:00-06:00"],
  ["18:00 CDT", "2026-12-05T18:00:00-06:00"],
  ["2026-12-20", "2026-12-20T09:00:00-06:00"],
  ["2026-12-24 18:00", "2026-12-24T18:00:00-06:00"],
  ["2026-12-24T18:00Z", "2026-12-24T18:00:00Z"],
  ["2026-12-24 18:00 +02:00", "2026-12-24T18:00:00+02:00"],
  ["dec 24 18:00", "2026-12-24T18:00:00-06:00"],
  ["2h", "2026-12-05T00:30:00-06:00"],
  ["for 2 hours", "2026-12-05T00:30:00-06:00"],
  ["in 45 min", "2026-12-04T23:15:00-06:00"],
  ["half an hour", "2026-12-04T23:00:00-06:00"],
  ["3 days", "2026-12-07T22:30:00-06:00"],
  ["a week", "2026-12-11T22:30:00-06:00"],
  ["mon 09:00.", "2026-12-07T09:00:00-06:00"],
])("until %j in Chicago is %s", (text, time) => {
  expect(parseUntil(text, place)).toEqual({ kind: "at", at: Date.parse(time) });
});

const UNREAD = "I can't read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days.";
const OVER = "That time is over. Say a later one.";
test.each([
  ["never ever", UNREAD],
  ["", UNREAD],
  ["may", UNREAD],
  ["next year", UNREAD],
  ["25:00", UNREAD],
  ["feb 30", UNREAD],
  ["mon 09:00 or so", UNREAD],
  ["mon 9 01", UNREAD],
  ["the release", UNREAD],
  ["yesterday", OVER],
  ["last friday", OVER],
  ["2 days ago", OVER],
  ["2020-01-01", OVER],
  ["now", OVER],
  ["0 days", OVER],
  ["18:00 IST", "Say the time in America/Chicago or in UTC: I don't know that zone."],
  ["mon 09:00 est", "Say the time in America/Chicago or in UTC: I don't know that zone."],
])("until %j is asked back", (text, says) => {
  expect(parseUntil(text, place)).toEqual({ kind: "unclear", says });
});

test.each([
  [
    "the zone is the policy's, whatever the process's own is",
    "mon 09:00",
    "Asia/Tokyo",
    NOW,
    "2026-12-07T09:00:00+09:00",
  ],
  ["in summer, too", "mon 09:00", "America/Chicago", Date.UTC(2026, 5, 5, 4, 30), "2026-06-08T09:00:00-05:00"],
  [
    "across the change of the clocks",
    "sun 09:00",
    "America/Chicago",
    Date.UTC(2026, 2, 7, 20),
    "2026-03-08T09:00:00-05:00",
  ],
  [
    "two days later the clock shows the same",
    "2 days",
    "America/Chicago",
    Date.UTC(2026, 2, 7, 20),
    "2026-03-09T14:00:00-05:00",
  ],
  [
    "a time that the clocks skip is the first after it",
    "sun 02:30",
    "America/Chicago",
    Date.UTC(2026, 2, 7, 20),
    "2026-03-08T03:00:00-05:00",
  ],
  [
    "a time that comes twice is its first",
    "sun 01:30",
    "America/Chicago",
    Date.UTC(2026, 9, 31, 20),
    "2026-11-01T01:30:00-05:00",
  ],
  ["today is the zone's", "tomorrow", "Pacific/Auckland", NOW, "2026-12-06T09:00:00+13:00"],
])("%s", (_, text, zone, now, time) => {
  expect(parseUntil(text, { zone, now })).toEqual({ kind: "at", at: Date.parse(time) });
});
