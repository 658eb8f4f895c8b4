import { describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../instant.ts";
import { aLine, aNode, aReboot, aReport, holdKinds, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, nextRecord, ORDER, stepOf } from "../testing/phases.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const on = (bootId: string | null, pending = false): Parts => ({
  nodes: [aNode({ bootId })],
  reports: [aReport({ bootId, ...(pending ? {} : { pending: null }) })],
});

describe("a boot that nobody ordered", () => {
  test("is on record, once", () => {
    const plan = planned(on("boot-2"));
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(stepOf(plan, "SetPhase")?.says).toBe("was rebooted without an order");
    const record = nextRecord(plan);
    expect(record).toMatchObject({ phase: { kind: "waiting" }, bootId: "boot-2", orders: 0, tries: 0, outcome: null });
    expect(record?.history).toEqual([aLine({ says: "was rebooted without an order", policyCommit: "3f2a9c1" })]);
    const reboots = record === undefined ? [] : [record];
    expect(planned({ ...on("boot-2"), reboots }).steps.filter(({ kind }) => kind !== "RecordHolds")).toEqual([]);
  });

  test("leaves its tries and its back-off as they are", () => {
    const reboots = [aReboot({ tries: 2, triesSince: NOW - HOUR, retryAt: NOW + HOUR })];
    expect(nextRecord(planned({ ...on("boot-2", true), reboots }))).toMatchObject({ tries: 2, retryAt: NOW + HOUR });
  });

  test("holds a node that is pending still until it is on record, and no longer", () => {
    const plan = planned(on("boot-2", true));
    expect([holdKinds(plan), takers(plan)]).toEqual([["node not ready"], []]);
    const known = { ...on("boot-2", true), reboots: [aReboot({ bootId: "boot-2" })] };
    expect(takers(planned(known))).toEqual(["worker-1"]);
  });

  test("takes the slot of an order that was made for the boot before it", () => {
    const plan = planned({ ...on("boot-2", true), fleet: aFleet([ORDER]) });
    expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [], taken: [] });
    expect(nextRecord(plan)).toMatchObject({ phase: { kind: "waiting" }, bootId: "boot-2" });
  });

  test.each<[string, Parts]>([
    ["kubelet and agent do not show the same boot", { ...on("boot-2"), reports: [aReport({ pending: null })] }],
    ["the agent shows none", { ...on("boot-2"), reports: [aReport({ bootId: null, pending: null })] }],
    ["the kubelet shows none", on(null)],
    ["the agent has never reported", { nodes: [aNode({ bootId: "boot-2" })], reports: [] }],
    ["it is the one that is on record", on("boot-1")],
  ])("is none while, or since, %s", (_, parts) => {
    expect(nextRecord(planned(parts))).toBeUndefined();
  });
});

test("the first boot that is seen is on record without a word: nobody knows what was before", () => {
  const plan = planned({ ...on("boot-1"), reboots: [aReboot({ bootId: null })] });
  expect(nextRecord(plan)).toMatchObject({ bootId: "boot-1", history: [] });
  expect(stepOf(plan, "SetPhase")?.says).toBe("");
});

test("the order that begins keeps the mode of its pool, under which it was made", () => {
  const policy = aPolicy({ pools: [aPool({ mode: "automatic" })] });
  const reboots = [aReboot({ mode: "approval", retryAt: NOW - MINUTE })];
  expect(nextRecord(planned({ fleet: aFleet([ORDER]), reboots }, { policy }))).toMatchObject({
    mode: "automatic",
    retryAt: null,
    orders: 1,
  });
});
