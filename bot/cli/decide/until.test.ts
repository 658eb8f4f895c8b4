import { expect, test } from "vitest";
import { formatInstant, SECOND } from "../../core/instant.ts";
import { NOW } from "../../core/testing/now.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { untilOf } from "./until.ts";

const zone = "America/Chicago";

test.each([
  ["a weekday means its next one, in the policy's zone", "sat 18:00", "2026-12-06T00:00:00.000Z"],
  ["a length", "for 3d", "2026-12-08T04:30:00.000Z"],
  ["a date", "2026-12-24T06:00", "2026-12-24T12:00:00.000Z"],
])("%s", (_, text, expected) => {
  expect(formatInstant(untilOf(text, zone, NOW))).toBe(expected);
});

test("a length that is said twice within a minute is one time", () => {
  expect(untilOf("for 3d", zone, NOW + 50 * SECOND)).toBe(untilOf("for 3d", zone, NOW + 10 * SECOND));
});

test.each([
  [
    "for friday",
    '"for friday": I can\'t read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days.',
  ],
  ["2026-12-01T06:00", '"2026-12-01T06:00": That time is over. Say a later one.'],
])("refused: %s", (text, says) => {
  expect(() => untilOf(text, zone, NOW)).toThrow(new UserError(says, EXIT.usage));
});
