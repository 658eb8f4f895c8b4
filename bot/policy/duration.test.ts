import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { parseDuration, writtenDuration } from "./duration.ts";

test.each([
  ["90s", 90 * SECOND],
  ["15m", 15 * MINUTE],
  ["1h30m", 90 * MINUTE],
  ["14d", 14 * DAY],
  ["0s", 0],
  ["", null],
  ["15", null],
  ["1.5h", null],
  ["-1s", null],
  ["1H", null],
  ["1h 30m", null],
  ["m", null],
])("the duration %j is %j", (text, length) => {
  expect(parseDuration(text)).toBe(length);
});

test.each([
  [90 * SECOND, "90s"],
  [60 * SECOND, "1m"],
  [90 * MINUTE, "90m"],
  [2 * HOUR, "2h"],
  [14 * DAY, "14d"],
])("%j is written as %j", (length, text) => {
  expect(writtenDuration(length)).toBe(text);
});

test("what is written reads as the same duration", () => {
  fc.assert(
    fc.property(fc.nat(400 * 24 * 3600), (seconds) => {
      expect(parseDuration(writtenDuration(seconds * SECOND))).toBe(seconds * SECOND);
    }),
  );
});
