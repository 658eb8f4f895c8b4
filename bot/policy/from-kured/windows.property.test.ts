import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { DAY, HOUR, type Instant, MINUTE } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { parsePolicy } from "../parse-policy.ts";
import { formatProblem } from "../problem.ts";
import { fromKured } from "./from-kured.ts";
import { type KuredWindow, kuredAllows, kuredAllowsMinute } from "./testing/kured-window.ts";

const ZONES = [
  "America/Chicago",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "America/Havana",
  "Atlantic/Azores",
  "Europe/London",
  "Europe/Berlin",
  "Asia/Beirut",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "UTC",
] as const;
const FIRST = DateTime.utc(2026).toMillis();
const LAST = DateTime.utc(2030, 12, 1).toMillis();

/** All clock changes of a zone, to the hour. */
const changes = new Map<string, readonly Instant[]>(
  ZONES.map((zone) => {
    const offsetAt = (at: Instant): number => DateTime.fromMillis(at, { zone }).offset;
    const found: Instant[] = [];
    for (let at = FIRST; at < LAST; at += HOUR) if (offsetAt(at) !== offsetAt(at + HOUR)) found.push(at);
    return [zone, found];
  }),
);

const clock = (second: number): string =>
  [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");

const second = fc.oneof(
  { weight: 3, arbitrary: fc.nat(95).map((quarter) => quarter * 900) },
  { weight: 2, arbitrary: fc.nat(1439).map((minute) => minute * 60) },
  { weight: 1, arbitrary: fc.nat(86_399) },
  { weight: 1, arbitrary: fc.constantFrom(0, 86_399, 86_340, 3_600, 86_370) },
);

const window: fc.Arbitrary<KuredWindow> = fc.record({
  days: fc.oneof(fc.constant([0, 1, 2, 3, 4, 5, 6]), fc.uniqueArray(fc.nat(6), { minLength: 1 })),
  start: second,
  end: second,
  zone: fc.constantFrom(...ZONES),
});

/** Anywhere, near a clock change, and near the window's own edges. */
function minutesFor({ zone, start, end }: KuredWindow): fc.Arbitrary<Instant> {
  const anywhere = fc.integer({ min: FIRST / MINUTE, max: LAST / MINUTE }).map((minute) => minute * MINUTE);
  const near = fc
    .tuple(fc.constantFrom(...(changes.get(zone) ?? []), FIRST + DAY), fc.integer({ min: -30 * 60, max: 30 * 60 }))
    .map(([change, minutes]) => change + minutes * MINUTE);
  const edge = fc
    .tuple(anywhere, fc.constantFrom(start, end), fc.integer({ min: -2, max: 2 }))
    .map(([at, seconds, minutes]) => {
      const midnight = DateTime.fromMillis(at, { zone }).startOf("day").toMillis();
      return midnight + (Math.floor(seconds / 60) + minutes) * MINUTE;
    });
  return fc.oneof(anywhere, near, edge);
}

const asked = window.chain((one) =>
  fc.tuple(fc.constant(one), fc.array(minutesFor(one), { minLength: 20, maxLength: 40 })),
);

function convert({ days, start, end, zone }: KuredWindow): { text: string; policy: Policy } {
  const flags = `--reboot-days=${days.join(",")} --start-time=${clock(start)} --end-time=${clock(end)} --time-zone=${zone}`;
  const made = fromKured(flags, { file: "flags", cluster: null, slackChannel: null, isControlPlaneSeparate: false });
  if (!made.ok) throw new Error(made.problems.join("\n"));
  const parsed = parsePolicy(made.text, { file: "made", commit: null, subject: null });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return { text: made.text, policy: parsed.policy };
}

function isOpen(policy: Policy, minute: Instant): boolean {
  const [pool] = policy.pools;
  if (pool === undefined) throw new Error("a policy without a pool");
  return pool.mode !== "observe" && openingAt(scheduleOf(policy, pool), minute) !== null;
}

test("the policy is open in exactly the minutes in which kured allows a reboot", () => {
  fc.assert(
    fc.property(asked, ([kured, minutes]) => {
      const { text, policy } = convert(kured);
      const saysClocks = text.includes("On days when clocks change");
      // A start within the last minute of a day opens at midnight: then there are no hours of the day before.
      const dayRule = kured.start > 86_340 ? "current" : "opening";
      for (const minute of minutes) {
        const isNearChange = changes.get(kured.zone)?.some((change) => Math.abs(change - minute) < 2 * DAY) ?? false;
        if (saysClocks && isNearChange) continue;
        const when = DateTime.fromMillis(minute, { zone: kured.zone }).toISO();
        expect({ when, isOpen: isOpen(policy, minute) }).toEqual({
          when,
          isOpen: kuredAllowsMinute(kured, minute, dayRule),
        });
      }
    }),
    { numRuns: 100, seed: 20261101 },
  );
}, 60_000);

test.each([
  ["at night over both clock changes of Chicago", "America/Chicago", 22 * 3600, 3600, false],
  ["a start that Berlin's clocks leave out", "Europe/Berlin", 2 * 3600 + 1800, 6 * 3600, true],
  ["an end that comes twice in Berlin", "Europe/Berlin", 0, 2 * 3600 + 1800, true],
  ["an end that comes twice in Chicago, where Go takes the first as well", "America/Chicago", 0, 5400, false],
  ["23:30 to 04:00 where a day has 25 hours", "America/Chicago", 23 * 3600 + 1800, 4 * 3600, true],
  ["to midnight, where a day has 25 hours", "America/Chicago", 21 * 3600, 0, true],
  ["to 23:59:59, the usual way to say midnight", "America/Chicago", 21 * 3600, 86_399, false],
  ["23:30 to 00:30 where clocks never change", "Asia/Kathmandu", 23 * 3600 + 1800, 1800, false],
])("clock changes are spoken of where they matter: %s", (_, zone, start, end, isSaid) => {
  const { text } = convert({ days: [0, 1, 2, 3, 4, 5, 6], start, end, zone });
  expect(text.includes("On days when clocks change")).toBe(isSaid);
});

test.each([
  ["on the day itself", "2026-11-23T23:00", true],
  ["after the midnight that ends it, which is Tuesday for kured", "2026-11-24T00:30", false],
  ["after the midnight that begins it", "2026-11-23T00:30", true],
  ["in the second that the end names", "2026-11-23T02:00", true],
])("the oracle is kured's rule: Monday 22:00 to 02:00, %s", (_, local, isAllowed) => {
  const window = { days: [1], start: 22 * 3600, end: 2 * 3600, zone: "America/Chicago" };
  const at = DateTime.fromISO(local, { zone: window.zone }).toMillis();
  expect(kuredAllows(window, at, "current")).toBe(isAllowed);
});
