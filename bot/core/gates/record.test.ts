import { describe, expect, test } from "vitest";
import type { GateStatus } from "../fleet/fleet.ts";
import type { GateReadings } from "../fleet/gate.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Gate } from "../policy/policy.ts";
import { type Parts, planned, stepKinds } from "../testing/builders.ts";
import { ALERTS, ERRORS, green, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, ORDER, stepOf } from "../testing/phases.ts";
import { aPolicy } from "../testing/policies.ts";

const known = (changes: Partial<GateStatus> = {}): GateStatus => ({
  name: "errors",
  state: "red",
  says: "it was 9 and must be < 1",
  since: NOW - HOUR,
  ...changes,
});

const recorded = (
  readings: GateReadings,
  gates: readonly GateStatus[],
  parts: Parts = {},
  policy: readonly Gate[] = [ERRORS],
) =>
  stepOf(
    planned(
      { gates: readingsOf(ERRORS, ...readings), fleet: { ...aFleet(), gates }, ...parts },
      { policy: aPolicy({ gates: policy }) },
    ),
    "RecordGates",
  )?.gates;

describe("what a gate shows is put on record", () => {
  test.each<[string, GateReadings, GateStatus]>([
    ["when it is first read", [red(SECOND)], known({ says: "it is 4 and must be < 1", since: NOW })],
    ["green as well", [green(SECOND)], known({ state: "green", says: "it is 0.4 and must be < 1", since: NOW })],
    [
      "when it can't be read",
      [unreachable(SECOND)],
      known({ state: "unreachable", says: "Prometheus did not answer within 10 s", since: NOW }),
    ],
  ])("%s", (_, readings, status) => {
    expect(recorded(readings, [])).toEqual([status]);
  });

  test("when its state changes, with since when", () => {
    const status = { name: "errors", state: "green", says: "it is 0.4 and must be < 1", since: NOW };
    expect(recorded([green(SECOND)], [known()])).toEqual([status]);
  });

  test("against the version that was decided on", () => {
    const plan = planned({ gates: readingsOf(ERRORS, red(SECOND)) }, { policy: aPolicy({ gates: [ERRORS] }) });
    expect(stepOf(plan, "RecordGates")?.version).toBe("1");
  });
});

describe("the record is left alone", () => {
  test.each<[string, GateReadings]>([
    ["when only the value changes", [red(SECOND)]],
    ["when it is not read any more: it is as it was read last", [red(2 * MINUTE)]],
    ["before it is read again", []],
  ])("%s", (_, readings) => {
    expect(recorded(readings, [known()])).toBeUndefined();
  });

  test("when a gate was never read", () => {
    expect(recorded([], [])).toBeUndefined();
  });

  test("by one that reads nothing", () => {
    expect(recorded([], [], { gates: null })).toBeUndefined();
  });

  test("when there is no RebootFleet yet", () => {
    expect(recorded([red(SECOND)], [], { fleet: null })).toBeUndefined();
  });
});

test("a gate keeps its since when another one changes", () => {
  const before = known({ name: "alerts", state: "green", says: "no such alert fires" });
  expect(recorded([green(SECOND)], [before, known()], {}, [ALERTS, ERRORS])).toEqual([
    before,
    { name: "errors", state: "green", says: "it is 0.4 and must be < 1", since: NOW },
  ]);
});

test("a gate that is no longer in the policy goes from the record", () => {
  expect(recorded([red(SECOND)], [known({ name: "former" }), known()])).toEqual([known()]);
});

test("what is on record outlives a time without any good policy", () => {
  const fleet = { ...aFleet(), gates: [known()] };
  const plan = planned({ gates: new Map(), fleet }, { policy: undefined });
  expect(stepOf(plan, "RecordGates")).toBeUndefined();
});

test("slots go first: the record is written once they are", () => {
  const parts = { gates: readingsOf(ERRORS, red(SECOND)), fleet: aFleet([ORDER]) };
  const plan = planned(parts, { policy: aPolicy({ gates: [ERRORS] }) });
  expect(stepKinds(plan)).toEqual(["SetSlots"]);
});
