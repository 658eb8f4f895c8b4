import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Json, listAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { botWrites, phasesOf } from "../audit-checks.ts";
import { Grounds, policyOf } from "../drain/grounds.ts";
import { CYCLE } from "../expected-phases.ts";
import { read } from "../stage.ts";
import { LocalTime } from "./local-time.ts";

// Karpenter, pkg/apis/v1/nodepool_budgets_test.go: what its budgets' schedules promise, of our windows.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const chicago = new LocalTime("America/Chicago");
const now = Date.now();
// Not one of the next days, which are asked about on both of its sides.
const change = chicago.nextChange(now + 3 * DAY);
const dayOfChange = chicago.date(change);
const dayBefore = chicago.date(change - DAY);
const noonOn = (instant: number): string =>
  `windows: [{ days: [${chicago.weekday(instant)}], from: "12:00", for: 1h }]`;
/** A time that tomorrow has, too: one that a change of the clocks skips opens at another. */
const began =
  [2, 3].map((hours) => chicago.time(now - hours * HOUR)).find((time) => hasTomorrow(time)) ??
  chicago.time(now - 2 * HOUR);

function hasTomorrow(time: string): boolean {
  return chicago.time(chicago.instantOf(chicago.date(now + DAY), time)) === time;
}

/** A day is what a window recurs by; the freezes leave of the last two what lies around the change of the clocks. */
const POOLS = {
  longer: 'windows: [{ from: "00:00", for: 25h }]',
  hit: `windows: [{ from: "${began}", for: 4h }]`,
  missed: `windows: [{ from: "${began}", for: 1h }]`,
  near: noonOn(change - DAY),
  far: noonOn(change),
};
const FREEZES = `freezes:
  - { name: until the day before, from: ${chicago.date(now - DAY)}T00:00, to: ${dayBefore}T00:00, pools: [near] }
  - { name: until the change, from: ${chicago.date(now - DAY)}T00:00, to: ${dayOfChange}T00:00, pools: [far] }`;
const NEVER = "freezes: [{ name: for ever, from: 2020-01-01T00:00, to: 2099-01-01T00:00 }]";

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({ pools: { ...POOLS, longer: 'windows: [{ from: "25:00", for: 1h }]' } });
});

afterEach(() => grounds.leave());

afterAll(() => grounds?.close());

const commit = (text: string): string => grounds.stage.repository.commit("abal-kuber.yaml", text, "Other windows");

const problemIs = (pattern: RegExp): Promise<Json | undefined> =>
  waitFor(grounds.rest, FLEET, (fleet) => pattern.test(String(read(fleet, "status", "policy", "problems", 0))));

async function windowHold(node: string): Promise<number> {
  const holdIn = (reboot: Json | undefined): Json | undefined =>
    listAt(reboot, "status", "holds").find((hold) => read(hold, "kind") === "window");
  const held = await grounds.stage.rebootIs(node, (reboot) => holdIn(reboot) !== undefined);
  return Date.parse(String(read(holdIn(held), "until")));
}

test("an invalid schedule gives zero: one that does not parse, and one that never opens; nothing goes before it is mended", async () => {
  const { node } = await grounds.ground("longer");
  await problemIs(/: pools\[0\]\.windows\[0\]\.from: must be a time of day .* found "25:00"$/);
  await grounds.needsReboot(node);
  await grounds.isHeld(node, "no policy");
  commit(policyOf(POOLS, NEVER));
  await problemIs(/: pools\[0\]\.windows: for 400 days they open only while a freeze forbids it: for ever$/);
  await grounds.isHeld(node, "no policy");
  const before = await grounds.audit();
  expect(phasesOf(before, node)).toEqual(["waiting"]);
  expect(botWrites(before).filter(({ resource }) => resource === "nodes")).toEqual([]);
  commit(policyOf(POOLS, FREEZES));
  await grounds.rebooted(node);
});

test("a duration longer than the recurrence: it is always open", async () => {
  const { node } = await grounds.ground("longer");
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(phasesOf(await grounds.audit(), node)).toEqual(CYCLE);
});

test("a hit in mid-duration goes; after its end the node waits for the next one", async () => {
  const { node: hit } = await grounds.ground("hit");
  const { node: missed } = await grounds.ground("missed");
  await grounds.needsReboot(hit, missed);
  await grounds.rebooted(hit);
  const until = await windowHold(missed);
  expect(until).toBe(nextAt(began));
  expect(phasesOf(await grounds.audit(), missed)).toEqual(["waiting"]);
});

/** When the clocks show that time next. */
function nextAt(time: string): number {
  const days = [0, 1, 2].map((count) => chicago.date(now + count * DAY));
  const times = days.map((date) => chicago.instantOf(date, time));
  return times.find((at) => at > Date.now()) ?? 0;
}

describe("DST", () => {
  test.each([
    ["near", "before", dayBefore],
    ["far", "after", dayOfChange],
  ])(
    "the %s side: a window that opens %s the zone's next clock change opens at the right instant",
    async (pool, _, date) => {
      const { node } = await grounds.ground(pool);
      await grounds.needsReboot(node);
      expect(new Date(await windowHold(node)).toISOString()).toBe(
        new Date(chicago.instantOf(date, "12:00")).toISOString(),
      );
    },
  );

  test("the two are as far apart as the clocks make it", () => {
    const [near, far] = [dayBefore, dayOfChange].map((date) => chicago.instantOf(date, "12:00"));
    const shift = chicago.offset(change) - chicago.offset(change - DAY);
    expect(shift).not.toBe(0);
    expect(Number(far) - Number(near)).toBe(DAY - shift);
  });
});

test("FLUO: does not schedule outside the window", async () => {
  const { node } = await grounds.ground("missed");
  await grounds.needsReboot(node);
  await windowHold(node);
  await grounds.stage.reportIs(node, (report) => read(report, "status", "pending") !== undefined);
  const audit = botWrites(await grounds.audit());
  expect(phasesOf(audit, node)).toEqual(["waiting"]);
  const cordons = audit.filter(
    ({ resource, name, requestObject }) =>
      resource === "nodes" && name === node && read(requestObject, "spec", "unschedulable") === true,
  );
  expect(cordons).toEqual([]);
  expect(grounds.stage.machine(node).calls).toBe(0);
});
