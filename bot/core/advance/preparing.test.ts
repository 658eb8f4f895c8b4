import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import { aReboot, aReport, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import {
  aFleet,
  nextPhase,
  nextRecord,
  ORDER,
  preparing,
  progress,
  reporting,
  stepOf,
  underWay,
} from "../testing/phases.ts";
import { aPolicy, aPool, aWindow } from "../testing/policies.ts";

test("a waiting node with the slot of its next order begins to prepare", () => {
  const plan = planned({ fleet: aFleet([ORDER]) });
  expect(stepKinds(plan)).toEqual(["SetPhase"]);
  expect(nextPhase(plan)).toEqual({ kind: "preparing", order: ORDER, fromBootId: "boot-1", since: NOW });
  expect(nextRecord(plan)).toMatchObject({ orders: 1, given: 0, holds: [], policyCommit: "3f2a9c1" });
});

test("a waiting node whose hold came after its slot gives the slot back", () => {
  const fleet = { ...aFleet([ORDER]), paused: { by: "ana", reason: "" } };
  const plan = planned({ fleet });
  expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [], taken: [], freed: aFleet([ORDER]).slots });
  expect(nextPhase(plan)).toBeUndefined();
});

test("a waiting node that needs no reboot any more gives its slot back", () => {
  const plan = planned({ fleet: aFleet([ORDER]), reports: [aReport({ pending: null })] });
  expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [] });
  expect(nextPhase(plan)).toBeUndefined();
});

test("once its agent is ready the drain begins", () => {
  const plan = planned(underWay(preparing(), { reports: reporting({ ready: NOW }) }));
  expect(nextPhase(plan)).toEqual({
    kind: "draining",
    order: ORDER,
    fromBootId: "boot-1",
    since: NOW,
    refused: [],
    onlyRefusedSince: null,
    emptySince: null,
    forcedBy: null,
  });
});

test("ready for another order is not ready for this one", () => {
  const reports = [aReport({ order: progress({ id: "earlier", ready: NOW }) })];
  expect(planned(underWay(preparing(), { reports })).steps).toEqual([]);
});

test("an agent that drops the promise is taken at its word", () => {
  const reports = reporting({ ready: NOW, dropped: NOW, message: "logind can't be reached" });
  const why = { kind: "agent dropped", message: "logind can't be reached" };
  expect(nextPhase(planned(underWay(preparing(), { reports })))).toMatchObject({ kind: "yielding", why });
});

test("sixty seconds of silence end it, and not a moment less", () => {
  const waits = planned(underWay(preparing({ since: NOW - MINUTE + 1 })));
  expect(waits.steps).toEqual([]);
  expect(waits.wakeAt).toBe(NOW + 1);
  const over = planned(underWay(preparing({ since: NOW - MINUTE })));
  expect(nextPhase(over)).toMatchObject({ kind: "yielding", mayBeCordoned: false, why: { kind: "agent silent" } });
  expect(nextRecord(over)).toMatchObject({ tries: 1, retryAt: NOW + 30 * MINUTE });
});

test.each([
  ["no slot", []],
  ["the slot of another order", ["another"]],
])("with %s it gives up, since nothing of it was touched", (_, orders) => {
  const plan = planned(underWay(preparing(), { fleet: aFleet(orders) }));
  expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "slot lost" } });
  expect(stepOf(plan, "SetSlots")?.slots ?? []).toEqual([]);
});

/** 21:00 to 22:31 in Chicago: closes a minute after NOW. */
const closesSoon = [aWindow("21:00", "22:31")];

test.each([
  ["the handshake's end", NOW - 10 * SECOND, NOW, NOW + 50 * SECOND],
  ["its window's end", NOW + SECOND, NOW, NOW + MINUTE],
  ["its agent's silence", NOW, NOW - 25 * MINUTE + 5 * SECOND, NOW + 5 * SECOND],
])("it is looked at again at %s", (_, since, heartbeat, wakeAt) => {
  const policy = aPolicy({ pools: [aPool({ windows: closesSoon })] });
  const plan = planned(underWay(preparing({ since }), { reports: [aReport({ heartbeat })] }), { policy });
  expect(plan.wakeAt).toBe(wakeAt);
});

test("its next order is not that of its last try", () => {
  const plan = planned({ reboots: [aReboot({ orders: 1, retryAt: NOW - HOUR })] });
  const taken = stepOf(plan, "SetSlots")?.taken[0]?.order;
  expect(taken).toBeDefined();
  expect(taken).not.toBe(ORDER);
});
