import { describe, expect, test } from "vitest";
import type { NodeReboot } from "../fleet/reboot.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import { aDecision, aJudgement, aNode, aReport, currentDigest, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { nextPhase, nextRecord, ORDER, progress, rebooting, reporting, stepOf, underWay } from "../testing/phases.ts";
import { aPolicy, aPool, aWindow } from "../testing/policies.ts";

const ours = { kind: "ours", order: ORDER } as const;
const ends = NOW - MINUTE;

describe("before the agent calls the reboot", () => {
  test("it rests until the order is dead for sure", () => {
    const plan = planned(underWay(rebooting()));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 5 * MINUTE + 1);
  });

  test.each([
    ["accepted", { accepted: NOW }, { accepted: NOW, rebooting: null }],
    ["rebooting", { accepted: NOW - SECOND, rebooting: NOW }, { accepted: NOW - SECOND, rebooting: NOW }],
  ])("what the agent says is kept, since a rebooted host begins its report anew: %s", (_, said, agent) => {
    const plan = planned(underWay(rebooting(), { reports: reporting({ ready: NOW - MINUTE, ...said }) }));
    expect(nextPhase(plan)).toEqual(rebooting({ agent }));
    expect(stepOf(plan, "SetPhase")?.says).toBe("");
  });

  test("what it says of another order means nothing", () => {
    const reports = [aReport({ order: progress({ id: "earlier", accepted: NOW, rebooting: NOW, dropped: NOW }) })];
    expect(planned(underWay(rebooting(), { reports })).steps).toEqual([]);
  });

  test("an order that the agent drops is withdrawn", () => {
    const reports = reporting({ dropped: NOW, message: "an inhibitor" });
    const plan = planned(underWay(rebooting(), { reports }));
    expect(stepKinds(plan)).toEqual(["WithdrawOrder"]);
    expect(nextPhase(plan)).toMatchObject({ why: { kind: "agent dropped", message: "an inhibitor" } });
  });

  test("an order that ran out is withdrawn once nobody can carry it out", () => {
    const notYet = planned(underWay(rebooting({ notAfter: ends })));
    expect(notYet.steps).toEqual([]);
    expect(notYet.wakeAt).toBe(NOW + 1);
    const over = planned(underWay(rebooting({ notAfter: ends - 1 })));
    expect(nextPhase(over)).toMatchObject({ kind: "yielding", notAfter: ends - 1, why: { kind: "order ran out" } });
    expect(nextRecord(over)).toMatchObject({ tries: 1, missed: 0, orderedFor: [] });
  });
});

describe("after the call", () => {
  const called = (ago: number) =>
    rebooting({ notAfter: NOW - HOUR, agent: { accepted: NOW - HOUR, rebooting: NOW - ago } });

  test("the host has backWithin to come back", () => {
    const plan = planned(underWay(called(15 * MINUTE - 1)));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 1);
  });

  test("an agent that took its word back, since it did not call, need not be waited for", () => {
    const reports = reporting({ dropped: NOW, message: "the order ran out before the reboot" });
    const plan = planned(underWay(called(MINUTE), { reports }));
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "agent dropped" } });
  });

  test.each<[string, Parameters<typeof underWay>[1]]>([
    ["is not Ready", { nodes: [aNode({ ready: false, cordon: ours })] }],
    ["is Ready, but was not heard from after the order was dead", { reports: [aReport({ heartbeat: NOW - HOUR })] }],
    [
      "is Ready, but its kubelet shows no boot",
      { nodes: [aNode({ bootId: null, cordon: ours })], reports: [aReport()] },
    ],
    ["is Ready, but its agent shows no boot", { reports: [aReport({ bootId: null })] }],
  ])("a node that %s did not come back: it fails, cordoned and with its slot", (_, parts) => {
    const plan = planned(underWay(called(15 * MINUTE), parts));
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextPhase(plan)).toEqual({
      kind: "failed",
      order: ORDER,
      fromBootId: "boot-1",
      notAfter: NOW - HOUR,
      since: NOW,
      cause: { kind: "did not come back", calledAt: NOW - 15 * MINUTE },
      freed: false,
    });
    expect(stepOf(plan, "SetPhase")?.says).toBe("did not come back; its reboot was called at 22:15 CST");
  });

  test("a Ready node with later heartbeats on the old boot never went down", () => {
    const plan = planned(underWay(called(15 * MINUTE), { reboot: { missed: 1 } }));
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "reboot did not happen" } });
    expect(nextRecord(plan)).toMatchObject({ missed: 2, orderedFor: [], tries: 1 });
  });
});

test.each<[string, Parameters<typeof underWay>[1]]>([
  ["kubelet", { nodes: [aNode({ bootId: "boot-2", ready: false, cordon: ours })], reports: [aReport()] }],
  ["agent alone", { nodes: [aNode({ bootId: null, cordon: ours })], reports: [aReport({ bootId: "boot-2" })] }],
  ["agent", { reports: [aReport({ bootId: "boot-2" })] }],
])("a new boot ID from the %s is the proof, and is verified", (_, parts) => {
  const plan = planned(underWay(rebooting(), parts));
  expect(nextPhase(plan)).toEqual({
    kind: "verifying",
    order: ORDER,
    fromBootId: "boot-1",
    bootId: "boot-2",
    since: NOW,
    soakingSince: null,
  });
});

test.each<[string, Partial<NodeReboot>, readonly string[]]>([
  ["what its order was given for", { wantedFor: ["sentinel/1"], orderedFor: ["kernel/4"] }, ["sentinel/1"]],
  ["what it was before, where no order was given", { wantedFor: [], orderedFor: ["kernel/4"] }, ["kernel/4"]],
])("a reboot that came about was made for %s", (_, reboot, reasons) => {
  const plan = planned(underWay(rebooting(), { reports: [aReport({ bootId: "boot-2" })], reboot }));
  expect(nextRecord(plan)?.orderedFor).toEqual(reasons);
});

describe("outside its window, after a person's now", () => {
  const windows = [aWindow("23:00", "01:00")];
  const pool = aPool({ windows });
  const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];
  const now = aDecision({ verb: "now", judgement: aJudgement({ bound, validUntil: NOW + HOUR }) });
  const goesOn = (given: number, validUntil = NOW + HOUR) => {
    const decisions = [{ ...now, judgement: aJudgement({ bound, validUntil }) }];
    const parts = underWay(rebooting(), { decisions, reboot: { given } });
    return planned(parts, { policy: aPolicy({ pools: [pool] }) }).steps.length === 0;
  };

  test("the order that was given under it stands", () => {
    expect(goesOn(1)).toBe(true);
  });

  test.each([
    ["a later order is not given under it", goesOn(2)],
    ["it stands no longer than it is valid", goesOn(1, NOW)],
  ])("%s", (_, stands) => {
    expect(stands).toBe(false);
  });
});

test("no boot ID is not a new one", () => {
  const parts = { nodes: [aNode({ bootId: null, cordon: ours })], reports: [aReport({ bootId: null })] };
  expect(planned(underWay(rebooting(), parts)).steps).toEqual([]);
});
