import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY, HOUR, type Instant, MINUTE } from "../instant.ts";
import type { Pool } from "../policy/policy.ts";
import { nextOpening, openingsBetween, scheduleOf } from "../policy/schedule.ts";
import type { DayRule, Freeze, Window } from "../policy/window.ts";
import { aNode, aReport, planned } from "../testing/builders.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const ZONES = ["America/Chicago", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"];
/** Both changes of the clocks of 2026 are in between. */
const FROM: Instant = Date.UTC(2026, 1, 1);
const TO: Instant = Date.UTC(2026, 11, 1);

const wallTime = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });
const weekday = fc.constantFrom(1, 2, 3, 4, 5, 6, 7);
const days: fc.Arbitrary<DayRule> = fc.oneof(
  fc.record({ kind: fc.constant("weekdays"), weekdays: fc.array(weekday, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constant("of month"), nth: fc.constantFrom(1, 2, 3, 4, -1), weekday }),
);
const end: fc.Arbitrary<Window["end"]> = fc.oneof(
  fc.record({ kind: fc.constant("to"), to: wallTime }),
  fc.record({ kind: fc.constant("for"), length: fc.integer({ min: 1, max: 40 }).map((hours) => hours * HOUR) }),
);
const windows: fc.Arbitrary<Pool["windows"]> = fc.oneof(
  fc.constant("always" as const),
  fc.array(fc.record({ days: fc.array(days, { maxLength: 2 }), from: wallTime, end }), { minLength: 1, maxLength: 3 }),
);
const date = fc.record({
  year: fc.constant(2026),
  month: fc.integer({ min: 2, max: 11 }),
  day: fc.integer({ min: 1, max: 28 }),
});
const freeze: fc.Arbitrary<Freeze> = fc.record({
  name: fc.constant("frozen"),
  from: fc.record({ date, time: wallTime }),
  to: fc.record({ date, time: wallTime }),
  pools: fc.constantFrom(null, ["workers"], ["others"]),
});

const isForward = ({ from, to }: Freeze): boolean => JSON.stringify(keyOf(from)) < JSON.stringify(keyOf(to));
const keyOf = ({ date: { month, day }, time }: Freeze["from"]): string =>
  [month, day, time.hour, time.minute].map((part) => String(part).padStart(2, "0")).join();

test("the window hold is there exactly when the instant is in no listed opening", () => {
  const property = fc.property(
    windows,
    fc.array(freeze.filter(isForward), { maxLength: 2 }),
    fc.constantFrom(...ZONES),
    fc.integer({ min: FROM, max: TO }),
    (some, freezes, timeZone, now) => {
      const pool = aPool({ windows: some });
      const policy = aPolicy({ timeZone, freezes, pools: [pool] });
      const reports = [aReport({ heartbeat: now, bootId: aNode().bootId })];
      const hold = planned({ reports }, { policy, now })
        .nodes.get("worker-1")
        ?.holds.find(({ kind }) => kind === "window");
      const schedule = scheduleOf(policy, pool);
      const listed = openingsBetween(schedule, now - DAY, now + DAY).some(
        ({ opens, closes }) => opens <= now && now < closes,
      );
      expect(hold === undefined).toBe(listed);
      if (hold === undefined) return;
      const next = openingsBetween(schedule, now, now + 400 * DAY)[0]?.opens ?? null;
      expect(hold.until).toBe(next);
      expect(nextOpening(schedule, now)?.opens ?? null).toBe(next);
    },
  );
  fc.assert(property, { seed: 20260308, numRuns: 150 });
});

test("a minute before it opens it holds, and a minute later it does not", () => {
  const opens = Date.UTC(2026, 2, 9, 3);
  const policy = aPolicy({
    pools: [aPool({ windows: [{ days: [], from: { hour: 22, minute: 0 }, end: { kind: "for", length: HOUR } }] })],
  });
  const kinds = (now: Instant) =>
    planned({ reports: [aReport({ heartbeat: now })] }, { policy, now })
      .nodes.get("worker-1")
      ?.holds.map(({ kind }) => kind);
  expect(kinds(opens - MINUTE)).toEqual(["window"]);
  expect(kinds(opens)).toEqual([]);
});
