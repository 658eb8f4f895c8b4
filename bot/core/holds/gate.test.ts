import { describe, expect, test } from "vitest";
import type { GateReadings } from "../fleet/gate.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Gate, Policy } from "../policy/policy.ts";
import {
  aDecision,
  aJudgement,
  aNode,
  aReboot,
  currentDigest,
  holdKinds,
  type Parts,
  planned,
} from "../testing/builders.ts";
import { fleetOf, takers } from "../testing/fleets.ts";
import { ERRORS, green, NO_BACKUP, podsFor, readingsOf, red, unreachable } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, ORDER, stepOf } from "../testing/phases.ts";
import { aPod } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const withGates = (gates: readonly Gate[] = [ERRORS], changes: Partial<Policy> = {}) => ({
  policy: aPolicy({ gates, ...changes }),
});
const read = (...readings: GateReadings): Parts => ({ gates: readingsOf(ERRORS, ...readings) });
const saysOf = (parts: Parts, options = withGates()): readonly string[] =>
  planned(parts, options)
    .nodes.get("worker-1")
    ?.holds.map(({ kind, says }) => `${kind}: ${says}`) ?? [];

describe("a waiting node", () => {
  test.each<[string, Parts, readonly string[]]>([
    ["waits for a red gate", read(red(SECOND)), ["gate: Gate errors is closed: it is 4 and must be < 1."]],
    [
      "waits for a gate that can't be read",
      read(unreachable(SECOND)),
      ["gate: Gate errors can't be read, and counts as closed: Prometheus did not answer within 10 s."],
    ],
    [
      "waits for the first reading",
      read(),
      ["gate: Gate errors is being read: it opens after two good readings in a row."],
    ],
    [
      "waits for the second",
      read(green(SECOND)),
      ["gate: Gate errors is being read: it opens after two good readings in a row."],
    ],
    ["waits no more after two that were good", read(green(SECOND), green(MINUTE)), []],
  ])("%s", (_, parts, says) => {
    expect(saysOf(parts)).toEqual(says);
    expect(takers(planned(parts, withGates()))).toEqual(says.length === 0 ? ["worker-1"] : []);
  });

  test("is told of all closed gates in one hold", () => {
    const parts = { ...read(red(SECOND)), gatePods: podsFor(NO_BACKUP, aPod()) };
    expect(saysOf(parts, withGates([NO_BACKUP, ERRORS]))).toEqual([
      "gate: Gate errors is closed: it is 4 and must be < 1. Gate no backup is closed: web/web-1 runs on it.",
    ]);
  });

  test("that waits for something else is not told that a gate is being read", () => {
    const reboots = [aReboot({ retryAt: NOW + HOUR })];
    expect(holdKinds(planned({ ...read(), reboots }, withGates()))).toEqual(["back-off"]);
  });

  test("that waits for something else is told that a gate is closed", () => {
    const reboots = [aReboot({ retryAt: NOW + HOUR })];
    expect(holdKinds(planned({ ...read(red(SECOND)), reboots }, withGates()))).toEqual(["back-off", "gate"]);
  });
});

test("pods that a gate looks for hold the node that they run on, and no other", () => {
  const parts = {
    ...fleetOf(["a", "b"]),
    gates: new Map(),
    gatePods: podsFor(NO_BACKUP, aPod({ node: "a" })),
  };
  const plan = planned(parts, withGates([NO_BACKUP], { maxRebooting: 2 }));
  expect([holdKinds(plan, "a"), holdKinds(plan, "b"), takers(plan)]).toEqual([["gate"], [], ["b"]]);
});

describe("a node that has the slot and did not begin yet", () => {
  const given = (...readings: GateReadings) => planned({ ...read(...readings), fleet: aFleet([ORDER]) }, withGates());

  test("gives it back when the gate turned red", () => {
    expect(stepOf(given(red(SECOND)), "SetSlots")).toMatchObject({ slots: [] });
  });

  test("begins on what was read before: the slot was taken on two good readings", () => {
    expect(stepOf(given(green(SECOND)), "SetPhase")?.next.phase.kind).toBe("preparing");
    expect(stepOf(given(), "SetPhase")?.next.phase.kind).toBe("preparing");
  });
});

test("the slot of an order that has ended is no reason to pass a gate: it was not taken on these readings", () => {
  const plan = planned({ ...read(), fleet: aFleet(["ended"]) }, withGates());
  expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [], taken: [] });
  expect(holdKinds(plan)).toEqual(["gate"]);
});

test("an alert about a node that is held by us keeps no other from going", () => {
  const alerts: Gate = { kind: "alerts", name: "alerts", match: {}, ignore: [] };
  const about = (node: string) => ({
    at: NOW - SECOND,
    answer: { kind: "alerts" as const, alerts: [{ labels: { alertname: "NodeDown", node } }] },
  });
  const parts = fleetOf(["a", "b"], { nodes: { a: { cordon: { kind: "ours", order: "order-a" } } } });
  const kinds = (node: string) =>
    holdKinds(
      planned(
        { ...parts, gates: readingsOf(alerts, about(node), { ...about(node), at: NOW - MINUTE }) },
        withGates([alerts], { maxRebooting: 2 }),
      ),
      "b",
    );
  expect(kinds("a")).toEqual([]);
  expect(kinds("c")).toEqual(["gate"]);
});

test("gates are no part of what people decide on: a change of them voids no approval", () => {
  const pool = aPool({ mode: "approval" });
  const bound = [{ node: "worker-1", digest: currentDigest({ pool, node: aNode() }) }];
  const decisions = [aDecision({ judgement: aJudgement({ bound }) })];
  const parts = { ...read(green(SECOND), green(MINUTE)), decisions };
  for (const gates of [[], [ERRORS]])
    expect(takers(planned(parts, withGates(gates, { pools: [pool] })))).toEqual(["worker-1"]);
});
