import { describe, expect, test } from "vitest";
import type { Cordon } from "../fleet/node.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { aNode, aReport, NOW, planned, stepKinds } from "../testing/builders.ts";
import { nextPhase, nextRecord, ORDER, stepOf, underWay, verifying } from "../testing/phases.ts";

const ours: Cordon = { kind: "ours", order: ORDER };
const lifted: Cordon = { kind: "none", liftedFor: ORDER };
const back = (cordon: Cordon) => ({
  nodes: [aNode({ bootId: "boot-2", cordon })],
  reports: [aReport({ bootId: "boot-2", pending: null })],
});

const LACKS: readonly (readonly [string, Parameters<typeof underWay>[1]])[] = [
  ["the node is not Ready", { ...back(ours), nodes: [aNode({ bootId: "boot-2", ready: false, cordon: ours })] }],
  ["the kubelet still shows the old boot ID", { ...back(ours), nodes: [aNode({ cordon: ours })] }],
  ["the kubelet still shows the old boot ID", { ...back(ours), nodes: [aNode({ bootId: null, cordon: ours })] }],
  ["its agent has not reported from the new boot", { ...back(ours), reports: [aReport()] }],
  ["its agent has not reported from the new boot", { ...back(ours), reports: [] }],
];

test.each(LACKS)("it is not uncordoned while %s", (_, parts) => {
  const plan = planned(underWay(verifying(), parts));
  expect(stepKinds(plan).filter((kind) => kind !== "CreateReport")).toEqual([]);
  expect(plan.wakeAt).toBe(NOW + 14 * MINUTE);
});

test.each(LACKS)("after atMost it fails: %s", (what, parts) => {
  const phase = verifying({ since: NOW - 15 * MINUTE });
  const plan = planned(underWay(phase, parts));
  const failure = { kind: "failed", since: NOW, cause: { kind: "not healthy after reboot", what } };
  expect(nextPhase(plan)).toMatchObject(failure);
  expect(stepOf(plan, "SetPhase")?.says).toBe(`rebooted but is not healthy: ${what}`);
});

test.each<[string, Cordon]>([
  ["a healthy node is uncordoned", ours],
  ["the mark on one that someone uncordoned is taken off", { kind: "undone", order: ORDER }],
])("%s", (_, cordon) => {
  const plan = planned(underWay(verifying(), back(cordon)));
  expect(plan.steps).toEqual([{ kind: "Uncordon", node: "worker-1", uid: "uid-worker-1", order: ORDER, labels: {} }]);
});

test("neither the window nor a pause keeps a healthy node cordoned", () => {
  const fleet = { ...underWay(verifying()).fleet, version: "1", paused: { by: "ana", reason: "" }, policy: null };
  const slots = [{ node: "worker-1", uid: "uid-worker-1", order: ORDER }];
  const plan = planned(underWay(verifying(), { ...back(ours), fleet: { ...fleet, slots } }), { policy: undefined });
  expect(stepKinds(plan)).toEqual(["Uncordon"]);
});

describe("soak", () => {
  test.each<[string, Cordon]>([
    ["once the cordon is seen lifted", lifted],
    ["beside a cordon of someone else, which stays", { kind: "foreign", liftedFor: ORDER }],
  ])("it begins %s", (_, cordon) => {
    const plan = planned(underWay(verifying({ bootId: "boot-agent" }), back(cordon)));
    expect(nextPhase(plan)).toEqual(verifying({ bootId: "boot-2", soakingSince: NOW }));
  });

  test("it is waited out, with the slot kept", () => {
    const plan = planned(underWay(verifying({ soakingSince: NOW - 2 * MINUTE + 1 }), back(lifted)));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 1);
  });

  test("a node that fails during it has atMost and the soak together", () => {
    const phase = verifying({ since: NOW - 17 * MINUTE, soakingSince: NOW - 2 * MINUTE });
    const nodes = [aNode({ bootId: "boot-2", ready: false, cordon: lifted })];
    const plan = planned(underWay(phase, { ...back(lifted), nodes }));
    expect(nextPhase(plan)).toMatchObject({ kind: "failed" });
    const early = planned(underWay({ ...phase, since: phase.since + 1 }, { ...back(lifted), nodes }));
    expect(early.steps).toEqual([]);
  });

  test("then it is done, and the record starts clean", () => {
    const history = [
      { at: NOW - 2 * HOUR, phase: "preparing" as const, order: "earlier", says: "" },
      { at: NOW - 10 * MINUTE, phase: "preparing" as const, order: ORDER, says: "" },
    ];
    const reboot = { history, tries: 3, triesSince: NOW - HOUR, retryAt: NOW, missed: 1, orderedFor: ["sentinel/1"] };
    const phase = verifying({ soakingSince: NOW - 2 * MINUTE });
    const plan = planned(underWay(phase, { ...back(lifted), reboot }));
    expect(nextRecord(plan)).toMatchObject({
      phase: { kind: "waiting" },
      outcome: { kind: "rebooted", at: NOW, took: 10 * MINUTE, bootId: "boot-2" },
      tries: 0,
      triesSince: null,
      retryAt: null,
      missed: 0,
      orderedFor: ["sentinel/1"],
    });
    expect(stepOf(plan, "SetPhase")?.says).toBe("rebooted and verified in 10 min");
  });
});
