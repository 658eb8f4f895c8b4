import { describe, expect, test } from "vitest";
import type { GateReading } from "../fleet/gate.ts";
import type { Cordon } from "../fleet/node.ts";
import type { Pod } from "../fleet/pod.ts";
import { gateKey } from "../gates/judge.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { AskedGate } from "../policy/policy.ts";
import { aDecision, aJudgement, aLine, aNode, aReport, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { nextPhase, nextRecord, ORDER, stepOf, underWay, verifying } from "../testing/phases.ts";
import { aBudget, aPod } from "../testing/pods.ts";
import { aPolicy } from "../testing/policies.ts";

const ours: Cordon = { kind: "ours", order: ORDER };
const lifted: Cordon = { kind: "none", liftedFor: ORDER };
const back = (cordon: Cordon) => ({
  nodes: [aNode({ bootId: "boot-2", cordon })],
  reports: [aReport({ bootId: "boot-2", pending: null })],
  podsListedFor: ORDER,
});
const daemon = (changes: Partial<Pod> = {}): Pod =>
  aPod({ controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" }, ...changes });
const etcd = (ready: boolean) => {
  const pod = aPod({ namespace: "kube-system", name: "etcd-worker-1", ready });
  return { members: new Map([["kube-system/etcd-worker-1", pod]]), guards: new Map() };
};

const LACKS: readonly (readonly [string, Parameters<typeof underWay>[1]])[] = [
  ["the node is not Ready", { ...back(ours), nodes: [aNode({ bootId: "boot-2", ready: false, cordon: ours })] }],
  ["the kubelet still shows the old boot ID", { ...back(ours), nodes: [aNode({ cordon: ours })] }],
  ["the kubelet still shows the old boot ID", { ...back(ours), nodes: [aNode({ bootId: null, cordon: ours })] }],
  ["its agent has not reported from the new boot", { ...back(ours), reports: [aReport()] }],
  ["its agent has not reported from the new boot", { ...back(ours), reports: [] }],
  [
    "it is no voting member of etcd",
    { ...back(ours), nodes: [aNode({ bootId: "boot-2", cordon: ours, etcdVoter: false })] },
  ],
  ["etcd (pod kube-system/etcd-worker-1) is not ready", { ...back(ours), etcd: etcd(false) }],
  ["its pod of DaemonSet web/ds is not ready", { ...back(ours), pods: [daemon({ ready: false })] }],
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
  expect(plan.steps).toEqual([
    { kind: "Uncordon", node: "worker-1", uid: "uid-worker-1", order: ORDER, labels: {}, keeps: false },
  ]);
});

test("its pods are listed afresh before it counts as healthy: those from before the boot say nothing", () => {
  const { podsListedFor: _, ...parts } = back(ours);
  expect(planned(underWay(verifying(), parts)).steps).toEqual([{ kind: "WatchPods", node: "worker-1", order: ORDER }]);
});

test.each<[string, Parts]>([
  ["a DaemonSet's pod was not ready before the drain either", { pods: [daemon({ ready: false })] }],
  ["a DaemonSet's pod that is not ready is being deleted", { pods: [daemon({ ready: false, deletingSince: NOW })] }],
  ["other pods are not ready", { pods: [aPod({ ready: false })] }],
  ["its etcd is ready", { etcd: etcd(true) }],
  ["it is a voting member of etcd", { nodes: [aNode({ bootId: "boot-2", cordon: ours, etcdVoter: true })] }],
])("it is uncordoned though, or since, %s", (name, parts) => {
  const baseline = { budgets: [], unready: name.includes("before the drain") ? ["web/ds"] : [] };
  const plan = planned(underWay(verifying(), { ...back(ours), ...parts, reboot: { baseline } }));
  expect(stepKinds(plan)).toEqual(["Uncordon"]);
});

test("neither the window nor a pause keeps a healthy node cordoned", () => {
  const fleet = {
    ...underWay(verifying()).fleet,
    version: "1",
    paused: { by: "ana", reason: "" },
    policy: null,
    gates: [],
    conditions: [],
    lookAgain: null,
  };
  const slots = [{ node: "worker-1", uid: "uid-worker-1", order: ORDER }];
  const plan = planned(underWay(verifying(), { ...back(ours), fleet: { ...fleet, slots } }), { policy: undefined });
  expect(stepKinds(plan)).toEqual(["Uncordon"]);
});

describe("soak", () => {
  test.each<[string, Cordon]>([
    ["once the cordon is seen lifted", lifted],
    ["beside a cordon of someone else, which stays", { kind: "foreign", liftedFor: ORDER }],
  ])("it begins %s", (_, cordon) => {
    const plan = planned(underWay(verifying(), back(cordon)));
    expect(nextPhase(plan)).toEqual(verifying({ soakingSince: NOW }));
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
    expect(nextPhase(early)).toMatchObject({ kind: "verifying", soakingSince: null });
  });

  test("one bad moment begins it anew, and it is bounded by atMost", () => {
    const nodes = [aNode({ bootId: "boot-2", ready: false, cordon: lifted })];
    const plan = planned(underWay(verifying({ soakingSince: NOW - MINUTE }), { ...back(lifted), nodes }));
    expect(nextPhase(plan)).toEqual(verifying({ soakingSince: null }));
  });

  test("one more boot in it is on record, and begins it anew", () => {
    const nodes = [aNode({ bootId: "boot-3", cordon: lifted })];
    const reports = [aReport({ bootId: "boot-3", pending: null })];
    const plan = planned(underWay(verifying({ soakingSince: NOW - MINUTE }), { ...back(lifted), nodes, reports }));
    expect(nextRecord(plan)).toMatchObject({ phase: { bootId: "boot-3", soakingSince: null }, bootId: "boot-3" });
    expect(stepOf(plan, "SetPhase")?.says).toBe("was rebooted once more, without an order, while it was verified");
  });

  describe("it is over only when", () => {
    const phase = verifying({ soakingSince: NOW - 2 * MINUTE });
    const gate: AskedGate = { kind: "query", name: "errors", mustHold: "errors < 1" };
    const read = (ago: number, holds: boolean): GateReading => ({
      at: NOW - ago,
      answer: { kind: "query", query: { holds, value: "4", threshold: "< 1" } },
    });
    const gates = (...readings: readonly GateReading[]) => ({ gates: new Map([[gateKey(gate), readings]]) });
    const baseline = { budgets: [{ namespace: "web", name: "web", short: 1 }], unready: [] };
    const budget = (currentHealthy: number) => ({ budgets: [aBudget({ expectedPods: 3, currentHealthy })] });

    test.each<[string, Parts, boolean]>([
      ["no budget that it touched is worse off than before", budget(1), false],
      ["each budget is as it was before, well or not", budget(2), true],
      ["each budget is better off than before", budget(3), true],
      ["of a budget that is gone nothing is asked", {}, true],
      ["a gate was green twice since it was uncordoned", gates(read(10, true), read(MINUTE, true)), true],
      ["not when one of the two readings is from before", gates(read(10, true), read(2 * MINUTE + 1, true)), false],
      ["not when the last but one was red", gates(read(10, true), read(MINUTE, false)), false],
      ["not when the last was red", gates(read(10, false), read(MINUTE, true)), false],
      ["not when it can't be read", gates({ at: NOW, answer: { kind: "unreachable", why: "x" } }), false],
      ["not before it was read", gates(), false],
    ])("%s", (_, parts, isDone) => {
      const policy = aPolicy({ gates: "gates" in parts ? [gate] : [] });
      const all = { ...back(lifted), ...parts, reboot: { baseline } };
      expect(nextPhase(planned(underWay(phase, all), { policy }))?.kind).toBe(isDone ? "waiting" : undefined);
    });

    test("but of one that a person keeps cordoned no budget is asked: its pods may have nowhere else to be", () => {
      const decisions = [aDecision({ verb: "keep", judgement: aJudgement() })];
      const kept = { ...back({ kind: "foreign", liftedFor: ORDER }), ...budget(0), decisions };
      expect(nextPhase(planned(underWay(phase, { ...kept, reboot: { baseline } })))?.kind).toBe("waiting");
    });

    test("after atMost it fails all the same, and says what was not well", () => {
      const late = { ...phase, since: NOW - 17 * MINUTE };
      const plan = planned(underWay(late, { ...back(lifted), ...budget(0), reboot: { baseline } }));
      const what = "PDB web/web has 0 of 3 pods, fewer than before its drain";
      expect(nextPhase(plan)).toMatchObject({ kind: "failed", cause: { what }, freed: false });
      const unread = planned(underWay(late, { ...back(lifted), ...gates() }), { policy: aPolicy({ gates: [gate] }) });
      expect(nextPhase(unread)).toMatchObject({
        cause: { what: "gate errors was not green twice since it serves again: it is being read" },
      });
    });
  });

  test("then it is done, and the record starts clean", () => {
    const history = [
      aLine({ at: NOW - 2 * HOUR, phase: "preparing", order: "earlier" }),
      aLine({ at: NOW - 10 * MINUTE, phase: "preparing", order: ORDER }),
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
