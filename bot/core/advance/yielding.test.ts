import { describe, expect, test } from "vitest";
import type { Cordon } from "../fleet/node.ts";
import { MINUTE, SECOND } from "../instant.ts";
import { aNode, aReport, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, nextPhase, nextRecord, ORDER, reporting, stepOf, underWay, yielding } from "../testing/phases.ts";

const uncordon = { kind: "Uncordon", node: "worker-1", uid: "uid-worker-1", order: ORDER, labels: null, keeps: false };
const withCordon = (cordon: Cordon) => [aNode({ cordon })];
const lifted: Cordon = { kind: "none", liftedFor: ORDER };

describe("while the order could still be carried out", () => {
  const given = yielding({ notAfter: NOW - MINUTE });

  test("the node is not uncordoned and its slot not freed", () => {
    const plan = planned(underWay(given));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 1);
  });

  test.each<[string, number]>([
    ["a minute after the order's end", NOW - MINUTE - 1],
    ["as soon as the agent says that it dropped the order", NOW + 4 * MINUTE],
  ])("that is over %s", (name, notAfter) => {
    const reports = name.includes("dropped") ? reporting({ dropped: NOW }) : reporting({});
    const plan = planned(underWay({ ...given, notAfter }, { reports }));
    expect(plan.steps).toEqual([uncordon]);
  });

  test("dropped counts for more than an earlier word of rebooting", () => {
    const reports = reporting({ rebooting: NOW - SECOND, dropped: NOW });
    expect(planned(underWay(given, { reports })).steps).toEqual([uncordon]);
  });

  test("that another order was dropped says nothing", () => {
    const reports = reporting({ id: "earlier", dropped: NOW });
    expect(planned(underWay(given, { reports })).steps).toEqual([]);
  });

  test.each<[string, Parameters<typeof underWay>[1], object]>([
    [
      "the agent called the reboot",
      { reports: reporting({ accepted: NOW - 2 * SECOND, rebooting: NOW }) },
      {
        kind: "rebooting",
        order: ORDER,
        fromBootId: "boot-1",
        givenAt: given.since,
        notAfter: NOW - MINUTE,
        agent: { accepted: NOW - 2 * SECOND, rebooting: NOW },
      },
    ],
    [
      "the node shows a new boot",
      { nodes: [aNode({ bootId: "boot-2", cordon: { kind: "ours", order: ORDER } })] },
      { kind: "verifying", order: ORDER, bootId: "boot-2", since: NOW },
    ],
  ])("the agent may have been faster: %s", (_, parts, phase) => {
    const plan = planned(underWay(given, parts));
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextPhase(plan)).toMatchObject(phase);
  });

  test("a call that did not lead to a reboot is not gone back to", () => {
    const phase = yielding({ notAfter: NOW - MINUTE - 1, why: { kind: "reboot did not happen" } });
    const plan = planned(underWay(phase, { reports: reporting({ rebooting: NOW - 20 * MINUTE }) }));
    expect(plan.steps).toEqual([uncordon]);
  });
});

describe("an order that was never given", () => {
  test.each<[string, Cordon]>([
    ["our cordon", { kind: "ours", order: ORDER }],
    ["a cordon that someone lifted", { kind: "undone", order: ORDER }],
    ["no cordon yet, since one may be on its way", { kind: "none", liftedFor: null }],
    ["no cordon, and an earlier order's mark", { kind: "none", liftedFor: "earlier" }],
    ["someone's cordon, which stays", { kind: "foreign", liftedFor: null }],
  ])("it is lifted at once: %s", (_, cordon) => {
    expect(planned(underWay(yielding(), { nodes: withCordon(cordon) })).steps).toEqual([uncordon]);
  });

  test.each<[string, boolean, Cordon]>([
    ["lifted", true, lifted],
    ["someone's, and ours lifted", true, { kind: "foreign", liftedFor: ORDER }],
    ["never made", false, { kind: "none", liftedFor: null }],
  ])("once the cordon is %s the slot is freed", (_, mayBeCordoned, cordon) => {
    const plan = planned(underWay(yielding({ mayBeCordoned }), { nodes: withCordon(cordon) }));
    expect(stepKinds(plan)).toEqual(["SetSlots"]);
    expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [], freed: aFleet([ORDER]).slots });
  });

  test("once the slot is free it waits again, with its back-off", () => {
    const parts = { nodes: withCordon(lifted), fleet: aFleet(), reboot: { retryAt: NOW + MINUTE, tries: 2 } };
    const plan = planned(underWay(yielding(), parts));
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextRecord(plan)).toMatchObject({ phase: { kind: "waiting" }, retryAt: NOW + MINUTE, tries: 2 });
    expect(nextRecord(plan)?.history.at(-1)).toMatchObject({ order: ORDER, says: "serves again: it was paused" });
  });
});

test("a node that was rebooted by itself while it gave up is no reboot of ours", () => {
  const phase = yielding({ why: { kind: "rebooted by itself" } });
  const nodes = [aNode({ bootId: "boot-2", cordon: { kind: "ours", order: ORDER } })];
  expect(planned(underWay(phase, { nodes, reports: [aReport({ bootId: "boot-2" })] })).steps).toEqual([uncordon]);
});
