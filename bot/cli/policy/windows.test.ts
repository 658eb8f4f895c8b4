import { describe, expect, test } from "vitest";
import { HOUR } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import type { DayRule } from "../../core/policy/window.ts";
import { NOW } from "../../core/testing/now.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../../core/testing/policies.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { windowsOf } from "./windows.ts";

const policyOf = (timeZone: string, windows: Pool["windows"], changes: Partial<Policy> = {}) =>
  aPolicy({ timeZone, pools: [aPool({ windows })], ...changes });

function listed(policy: Policy, from: string, days: number): readonly (readonly [string, string])[] {
  const [json = ""] = windowsOf(policy, { pool: "workers", from, days, format: "json" }, NOW);
  const openings: readonly { opens: string; closes: string }[] = JSON.parse(json);
  return openings.map(({ opens, closes }) => [opens, closes]);
}

const text = (policy: Policy, from: string, days: number) =>
  windowsOf(policy, { pool: "workers", from, days, format: "text" }, NOW);

const lasts = (length: number) => ({ kind: "for", length }) as const;
const lastSat: DayRule = { kind: "of month", nth: -1, weekday: 6 };

test.each<[string, string, Pool["windows"], string, number, readonly (readonly [string, string])[]]>([
  [
    "22:00 to 01:00 in Chicago as clocks go forward",
    "America/Chicago",
    [aWindow("22:00", "01:00")],
    "2026-03-07T12:00",
    3,
    [
      ["2026-03-08T04:00:00Z", "2026-03-08T07:00:00Z"],
      ["2026-03-09T03:00:00Z", "2026-03-09T06:00:00Z"],
      ["2026-03-10T03:00:00Z", "2026-03-10T06:00:00Z"],
    ],
  ],
  [
    "22:00 to 01:00 in Chicago as clocks go back",
    "America/Chicago",
    [aWindow("22:00", "01:00")],
    "2026-10-31T12:00",
    2,
    [
      ["2026-11-01T03:00:00Z", "2026-11-01T06:00:00Z"],
      ["2026-11-02T04:00:00Z", "2026-11-02T07:00:00Z"],
    ],
  ],
  [
    "01:30 to 03:00 in New York, where 01:30 occurs twice: the first of them",
    "America/New_York",
    [aWindow("01:30", "03:00")],
    "2026-11-01",
    1,
    [["2026-11-01T05:30:00Z", "2026-11-01T08:00:00Z"]],
  ],
  [
    "02:30 to 04:00 in New York, where 02:30 does not occur: the end of the gap",
    "America/New_York",
    [aWindow("02:30", "04:00")],
    "2026-03-08",
    1,
    [["2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"]],
  ],
  ["a window inside the gap is none", "America/New_York", [aWindow("02:10", "02:50")], "2026-03-08", 1, []],
  [
    "half an hour of change on Lord Howe, forward",
    "Australia/Lord_Howe",
    [aWindow("02:15", "03:00")],
    "2026-10-04",
    1,
    [["2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z"]],
  ],
  [
    "half an hour of change on Lord Howe, back",
    "Australia/Lord_Howe",
    [aWindow("01:45", "02:15")],
    "2026-04-05",
    1,
    [["2026-04-04T14:45:00Z", "2026-04-04T15:45:00Z"]],
  ],
  [
    "an offset of quarters of an hour in Kathmandu",
    "Asia/Kathmandu",
    [aWindow("22:00", "01:00")],
    "2026-04-04T12:00",
    1,
    [["2026-04-04T16:15:00Z", "2026-04-04T19:15:00Z"]],
  ],
  [
    "the day that Apia skipped",
    "Pacific/Apia",
    [aWindow("22:00", "01:00")],
    "2011-12-29T12:00",
    4,
    [
      ["2011-12-30T08:00:00Z", "2011-12-30T10:00:00Z"],
      ["2011-12-31T08:00:00Z", "2011-12-31T11:00:00Z"],
      ["2012-01-01T08:00:00Z", "2012-01-01T11:00:00Z"],
    ],
  ],
  [
    "30 hours over the hour that is repeated",
    "America/Chicago",
    [aWindow("12:00", "", { days: [{ kind: "weekdays", weekdays: [6] }], end: lasts(30 * HOUR) })],
    "2026-10-30",
    9,
    [
      ["2026-10-31T17:00:00Z", "2026-11-01T23:00:00Z"],
      ["2026-11-07T18:00:00Z", "2026-11-08T06:00:00Z"],
    ],
  ],
])("%s", (_, zone, windows, from, days, expected) => {
  expect(listed(policyOf(zone, windows), from, days)).toEqual(expected);
});

test("the last Saturday of each month of 2027", () => {
  const policy = policyOf("Europe/Berlin", [aWindow("02:00", "06:00", { days: [lastSat] })]);
  expect(listed(policy, "2027-01-01", 365).map(([opens]) => opens.slice(0, 10))).toEqual([
    "2027-01-30",
    "2027-02-27",
    "2027-03-27",
    "2027-04-24",
    "2027-05-29",
    "2027-06-26",
    "2027-07-31",
    "2027-08-28",
    "2027-09-25",
    "2027-10-30",
    "2027-11-27",
    "2027-12-25",
  ]);
});

describe("the range", () => {
  const nights = policyOf("UTC", [aWindow("22:00", "01:00")]);
  test("cuts openings, and takes an offset as it is given", () => {
    expect(listed(nights, "2026-12-01T23:30:00+00:00", 1)).toEqual([
      ["2026-12-01T23:30:00Z", "2026-12-02T01:00:00Z"],
      ["2026-12-02T22:00:00Z", "2026-12-02T23:30:00Z"],
    ]);
  });

  test("freezes are cut out", () => {
    const policy = { ...policyOf("America/Chicago", "always"), freezes: [aFreeze()] };
    expect(listed(policy, "2026-12-04T12:00", 8)).toEqual([
      ["2026-12-04T18:00:00Z", "2026-12-05T00:00:00Z"],
      ["2026-12-11T12:00:00Z", "2026-12-12T18:00:00Z"],
    ]);
  });

  test("begins now when nothing is said", () => {
    const [json = ""] = windowsOf(nights, { pool: "workers", days: 1, format: "json" }, Date.UTC(2026, 11, 1, 22, 30));
    expect(JSON.parse(json)[0].opens).toBe("2026-12-01T22:30:00Z");
  });
});

describe("as text", () => {
  test("shows weekday, local time, zone and length, and marks what the clocks do", () => {
    const policy = policyOf("America/Chicago", [aWindow("22:00", "05:00")]);
    expect(text(policy, "2026-10-31T12:00", 2)).toEqual([
      "workers, in America/Chicago:",
      "Sat 2026-10-31 22:00 CDT to Sun 2026-11-01 05:00 CST, 8 h  (clocks go back 1 h meanwhile: 8 h instead of 7 h)",
      "Sun 2026-11-01 22:00 CST to Mon 2026-11-02 05:00 CST, 7 h  (clocks go back 1 h on 2026-11-01)",
    ]);
  });

  test("says that nothing opens", () => {
    const policy = policyOf("UTC", [aWindow("01:00", "02:00", { days: [lastSat] })]);
    expect(text(policy, "2026-12-01", 14)).toEqual(["workers does not open in these 14 days."]);
  });
});

test.each<[string, { pool: string; from?: string }, string]>([
  [
    "a pool that is not there",
    { pool: "worker" },
    "The policy has no pool worker; it has workers. Did you mean workers?",
  ],
  [
    "a time that is none",
    { pool: "workers", from: "soon" },
    "--from soon is no time. Write 2026-11-01, 2026-11-01T22:00 or 2026-11-01T22:00:00Z.",
  ],
])("%s is wrong usage", (_, options, message) => {
  const run = () => windowsOf(aPolicy(), { days: 1, format: "text", ...options }, NOW);
  expect(run).toThrow(new UserError(message, EXIT.usage));
});
