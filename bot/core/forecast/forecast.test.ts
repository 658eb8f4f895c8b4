import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeReboot } from "../fleet/reboot.ts";
import { DAY, HOUR, type Instant, MINUTE } from "../instant.ts";
import type { Pool } from "../policy/policy.ts";
import { openingAt, scheduleOf } from "../policy/schedule.ts";
import { aLine, aReboot, aSnapshot, type Parts } from "../testing/builders.ts";
import { aFleetWith, fleetOf, orderOf, slot } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { draining, rebooting, yielding } from "../testing/phases.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../testing/policies.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { forecastText } from "./forecast-text.ts";

const rebooted = (took: number) => ({ outcome: { kind: "rebooted" as const, at: NOW - DAY, took, bootId: "boot-1" } });
/** reboot.delay, five minutes, verify.soak. */
const GUESS = 8.5 * MINUTE;

const policyOf = (changes: Partial<Pool> = {}, maxRebooting = 1) => aPolicy({ maxRebooting, pools: [aPool(changes)] });

const startsOf = (found: ReadonlyMap<string, Forecast>): Record<string, readonly [number, number] | string> =>
  Object.fromEntries(
    [...found].map(([name, one]) => [
      name,
      one.kind === "starts" ? ([one.at - NOW, one.ends - one.at] as const) : one.kind,
    ]),
  );

const run = (parts: Parts, policy = policyOf()) => forecast(aSnapshot(parts), policy, NOW);

describe("how long each node takes", () => {
  test.each<[string, Parameters<typeof fleetOf>[1], number, number]>([
    ["is what it took the last time", { reboots: { a: rebooted(HOUR), b: rebooted(2 * HOUR) } }, HOUR, 2 * HOUR],
    ["else what its pool's nodes take", { reboots: { b: rebooted(2 * HOUR) } }, 2 * HOUR, 2 * HOUR],
    ["else a guess by its pool's keys", {}, GUESS, GUESS],
  ])("%s", (_, changes, ofA, ofB) => {
    expect(startsOf(run(fleetOf(["a", "b"], changes)))).toEqual({ a: [0, ofA], b: [ofA, ofB] });
  });
});

test("two at a time go two at a time", () => {
  const found = startsOf(run(fleetOf(["a", "b", "c", "d"]), policyOf({}, 2)));
  expect(found).toEqual({ a: [0, GUESS], b: [0, GUESS], c: [GUESS, GUESS], d: [GUESS, GUESS] });
});

test("what does not fit into a window goes in the next one", () => {
  // Fri 22:00 to 22:45; NOW is 22:30, and the next one opens on Saturday.
  const found = startsOf(run(fleetOf(["a", "b", "c"]), policyOf({ windows: [aWindow("22:00", "22:45")] })));
  expect(found).toEqual({ a: [0, GUESS], b: [GUESS, GUESS], c: [DAY - 30 * MINUTE, GUESS] });
});

test("a freeze is waited out", () => {
  const policy = { ...policyOf(), freezes: [aFreeze()] };
  const [found] = [...run(fleetOf(["a"]), policy).values()];
  expect(found).toEqual({
    kind: "starts",
    at: Date.UTC(2026, 11, 11, 12),
    ends: Date.UTC(2026, 11, 11, 12) + GUESS,
    ifApproved: false,
  });
});

test("pools go after others, and nodes that need approval only if they get it", () => {
  const pools = [
    aPool({ name: "first", matchLabels: { role: "first" }, mode: "approval", after: ["workers"] }),
    aPool(),
  ];
  const parts = fleetOf(["a", "b"], { nodes: { a: { labels: { role: "first" } } } });
  const found = run(parts, aPolicy({ pools }));
  expect(found.get("a")).toEqual({ kind: "starts", at: NOW + GUESS, ends: NOW + 2 * GUESS, ifApproved: true });
  expect(found.get("b")).toMatchObject({ kind: "starts", at: NOW, ifApproved: false });
});

test("what is under way ends as it usually does, and frees its slot then", () => {
  const phase = draining({ order: orderOf("a") });
  const history = [aLine({ at: NOW - 2 * MINUTE, phase: "preparing", order: orderOf("a") })];
  const reboots = { a: { phase, orders: 1, history, ...rebooted(10 * MINUTE) } };
  const cordon = { kind: "ours", order: orderOf("a") } as const;
  const parts = { ...fleetOf(["a", "b"], { reboots, nodes: { a: { cordon } } }), fleet: aFleetWith(slot("a")) };
  expect(run(parts).get("a")).toEqual({ kind: "under way", ends: NOW + 8 * MINUTE });
  expect(run(parts).get("b")).toMatchObject({ kind: "starts", at: NOW + 8 * MINUTE });
});

describe("what a closing window stops", () => {
  const closingAt = (to: string, changes: Partial<Pool> = {}) =>
    policyOf({ windows: [aWindow("22:00", to)], ...changes });
  const TOMORROW = DAY - 30 * MINUTE;
  /** It took ten minutes the last time, and its order went out in the ninth. */
  const lateOrder = {
    outcome: { kind: "rebooted" as const, at: NOW - DAY, took: 10 * MINUTE, bootId: "boot-1" },
    history: [
      {
        at: NOW - DAY - 10 * MINUTE,
        phase: "preparing" as const,
        order: "old",
        says: "",
        policyCommit: null,
        policyPull: null,
      },
      {
        at: NOW - DAY - MINUTE,
        phase: "rebooting" as const,
        order: "old",
        says: "",
        policyCommit: null,
        policyPull: null,
      },
      { at: NOW - DAY, phase: "waiting" as const, order: null, says: "", policyCommit: null, policyPull: null },
    ],
  };

  test.each<[string, Parameters<typeof fleetOf>[1], ReturnType<typeof policyOf>, number]>([
    ["a node whose order would be out in time goes", {}, closingAt("22:35"), 0],
    ["one that would still be drained then waits for the next", {}, closingAt("22:34"), TOMORROW],
    ["as long as it was drained the last time", { reboots: { a: lateOrder } }, closingAt("22:38"), TOMORROW],
    ["and no longer", { reboots: { a: lateOrder } }, closingAt("22:39"), 0],
    [
      "where a drain is finished it goes",
      {},
      closingAt("22:34", { drain: { ...aPool().drain, whenWindowCloses: "finish" } }),
      0,
    ],
  ])("%s", (_, changes, policy, at) => {
    expect(startsOf(run(fleetOf(["a"], changes), policy))["a"]).toMatchObject([at, expect.any(Number)]);
  });

  test("the slot that it has until then is nobody else's", () => {
    const policy = {
      ...closingAt("22:34"),
      pools: [aPool({ name: "first", matchLabels: { role: "first" }, windows: [aWindow("22:00", "22:34")] }), aPool()],
    };
    const found = startsOf(run(fleetOf(["a", "b"], { nodes: { a: { labels: { role: "first" } } } }), policy));
    expect(found).toMatchObject({ a: [TOMORROW, GUESS], b: [4 * MINUTE, GUESS] });
  });

  test("a freeze stops it, too", () => {
    const from = { date: { year: 2026, month: 12, day: 4 }, time: { hour: 22, minute: 34 } };
    const policy = { ...policyOf(), freezes: [aFreeze({ from })] };
    expect(run(fleetOf(["a"]), policy).get("a")).toMatchObject({ kind: "starts", at: Date.UTC(2026, 11, 11, 12) });
  });
});

describe("what is under way", () => {
  const cordon = { kind: "ours", order: orderOf("a") } as const;
  const going = (phase: NodeReboot["phase"], reboot: Partial<NodeReboot> = {}): Parts => {
    const history = [
      {
        at: NOW - MINUTE,
        phase: "preparing" as const,
        order: orderOf("a"),
        says: "",
        policyCommit: null,
        policyPull: null,
      },
    ];
    const reboots = { a: { phase, orders: 1, history, ...reboot } };
    return { ...fleetOf(["a", "b"], { reboots, nodes: { a: { cordon } } }), fleet: aFleetWith(slot("a")) };
  };
  const drained = draining({ order: orderOf("a") });
  const open = [aWindow("22:00", "01:00")];

  test.each<[string, Parts, Partial<Pool>, object, object]>([
    ["goes on", going(drained), {}, { kind: "under way" }, { at: NOW - MINUTE + GUESS }],
    [
      "goes on with an approval that nobody gives a second time",
      going(drained, { mode: "approval" }),
      { mode: "approval" },
      { kind: "under way" },
      { ifApproved: true },
    ],
    [
      "steps aside where its pool is in another mode, and goes again",
      going(drained, { mode: "approval" }),
      {},
      { kind: "starts", at: NOW },
      { at: NOW + GUESS },
    ],
    [
      "steps aside where its window is closed",
      going(drained),
      { windows: [aWindow("23:00", "01:00")] },
      { kind: "starts", at: NOW + 30 * MINUTE },
      {},
    ],
    [
      "steps aside when its window closes",
      going(drained),
      { windows: [aWindow("22:00", "22:33")] },
      { kind: "starts", at: NOW + DAY - 30 * MINUTE },
      {},
    ],
    [
      "is left alone once its order is out",
      going(rebooting({ order: orderOf("a") }), { mode: "approval" }),
      { windows: open },
      { kind: "under way" },
      {},
    ],
    [
      "has stepped aside, and goes when its order is dead",
      going(yielding({ order: orderOf("a"), notAfter: NOW + 4 * MINUTE })),
      {},
      { kind: "starts", at: NOW + 5 * MINUTE },
      { at: NOW + 5 * MINUTE + GUESS },
    ],
  ])("%s", (_, parts, changes, ofA, ofB) => {
    const found = run(parts, policyOf(changes));
    expect(found.get("a")).toMatchObject(ofA);
    expect(found.get("b")).toMatchObject({ kind: "starts", ...ofB });
  });
});

describe("what time alone does not end is said with the hold", () => {
  const foreign = { cordon: { kind: "foreign", liftedFor: null } } as const;
  test.each<[string, Parts, Partial<Pool>, string]>([
    ["a pool that is only observed", {}, { mode: "observe" }, "observe"],
    ["a cordon of someone else", fleetOf(["worker-1"], { nodes: { "worker-1": foreign } }), {}, "cordoned by someone"],
    ["a pause", { fleet: { ...aFleetWith(), paused: { by: "ana", reason: "" } } }, {}, "paused"],
    ["approval that nobody may give", {}, { mode: "approval", windows: [aWindow("02:00", "03:00")] }, "approval"],
  ])("%s", (_, parts, changes, kind) => {
    const found = run(parts, policyOf(changes)).get("worker-1");
    if (kind === "approval") expect(found).toMatchObject({ kind: "starts", ifApproved: true });
    else expect(found).toMatchObject({ kind: "waits", why: { kind } });
  });

  test("a budget that someone else uses up for ever", () => {
    const parts = fleetOf(["a", "b"], { nodes: { b: { ...foreign, name: "b" } } });
    const found = run(parts, policyOf({ maxUnavailable: { kind: "count", count: 1 } }));
    expect(found.get("a")).toMatchObject({ kind: "waits", why: { kind: "budget" } });
  });
});

test("a blocked node is looked at again when its pause is over", () => {
  const parts = { reboots: [aReboot({ retryAt: NOW + 30 * MINUTE })] };
  expect(run(parts).get("worker-1")).toMatchObject({ kind: "starts", at: NOW + 30 * MINUTE });
});

test("beyond the horizon it is later", () => {
  const snapshot = aSnapshot();
  const policy = policyOf({
    windows: [aWindow("02:00", "03:00", { days: [{ kind: "of month", nth: -1, weekday: 1 }] })],
  });
  expect(forecast(snapshot, policy, NOW).get("worker-1")).toEqual({ kind: "later" });
  expect(forecast(snapshot, policy, NOW, { horizon: 60 * DAY }).get("worker-1")).toMatchObject({ kind: "starts" });
});

test("never more than maxRebooting at once, each in an open window, and nothing given is changed", () => {
  const names = ["a", "b", "c", "d", "e"];
  const property = fc.property(
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 5, maxLength: 5 }),
    fc.integer({ min: 0, max: 23 }),
    (maxRebooting, minutes, hour) => {
      const reboots = Object.fromEntries(names.map((name, index) => [name, rebooted((minutes[index] ?? 1) * MINUTE)]));
      const policy = policyOf({ windows: [aWindow(`${hour}:00`, `${(hour + 3) % 24}:00`)] }, maxRebooting);
      const snapshot = aSnapshot(fleetOf(names, { reboots }));
      const before = structuredClone(snapshot);
      const found = [...forecast(snapshot, policy, NOW).values()];
      expect(snapshot).toEqual(before);
      const spans = found.map(
        (one) => (one.kind === "starts" ? [one.at, one.ends] : [0, 0]) as readonly [Instant, Instant],
      );
      expect(spans.every(([at]) => at >= NOW)).toBe(true);
      for (const [at] of spans) {
        expect(spans.filter(([from, to]) => from <= at && at < to).length).toBeLessThanOrEqual(maxRebooting);
        expect(openingAt(scheduleOf(policy, policy.pools[0] ?? aPool()), at)).not.toBeNull();
      }
    },
  );
  fc.assert(property, { seed: 20261205, numRuns: 60 });
});

const hold = { kind: "paused", says: "ana paused all reboots.", until: null } as const;
test.each<[Forecast, string]>([
  [{ kind: "under way", ends: NOW + MINUTE }, "is under way, done by about 22:31 CST"],
  [{ kind: "starts", at: NOW, ends: NOW + MINUTE, ifApproved: false }, "would reboot now, done by about 22:31 CST"],
  [
    { kind: "starts", at: NOW + DAY, ends: NOW + DAY + HOUR, ifApproved: true },
    "would reboot Sat Dec 5, 22:30 CST, if approved, done by about Sat Dec 5, 23:30 CST",
  ],
  [{ kind: "waits", why: hold }, "does not reboot by itself: ana paused all reboots."],
  [{ kind: "later" }, "would reboot later than was looked ahead"],
])("%o: %s", (found, says) => {
  expect(forecastText(found, "America/Chicago", NOW)).toBe(says);
});

test("the last look at the pods says nothing about the days to come", () => {
  const snapshot = aSnapshot({ ...fleetOf(["a"]), checks: new Map() });
  expect(startsOf(forecast(snapshot, policyOf(), NOW))).toEqual({ a: [0, GUESS] });
});
