import { describe, expect, test } from "vitest";
import { diagnose } from "./drain/diagnosis/diagnose.ts";
import type { Decision, Verb } from "./fleet/decision.ts";
import { DAY, HOUR, MINUTE, SECOND } from "./instant.ts";
import {
  aDecision,
  aJudgement,
  aNode,
  aReboot,
  aReport,
  currentDigest,
  holdKinds,
  type Parts,
  planned,
  stepKinds,
} from "./testing/builders.ts";
import { anEvidence } from "./testing/evidence.ts";
import { NOW } from "./testing/now.ts";
import { aFleet, ORDER, preparing, stepOf, underWay } from "./testing/phases.ts";
import { aBudget, aCheck, anAnswer, aPod, aRefusal } from "./testing/pods.ts";
import { aPolicy, aPool, aWindow } from "./testing/policies.ts";

const pausedFleet = { ...aFleet(), paused: { by: "ana", reason: "" } };
const idle = [aReport({ pending: null })];

test("nothing is done for a fleet that needs nothing", () => {
  const plan = planned({ reports: idle, reboots: [aReboot({ pool: null })] });
  expect(plan.steps).toEqual([]);
  expect([...plan.nodes.keys()]).toEqual(["worker-1"]);
});

test("the nodes are told by name", () => {
  const nodes = ["b", "c", "a"].map((name) => aNode({ name }));
  expect([...planned({ nodes }).nodes.keys()]).toEqual(["a", "b", "c"]);
});

describe("missing objects", () => {
  test("a new node gets both of its own, bound to its uid", () => {
    const plan = planned({ reports: [], reboots: [] });
    expect(plan.steps).toEqual([
      { kind: "CreateReport", node: "worker-1", uid: "uid-worker-1" },
      { kind: "CreateReboot", node: "worker-1", uid: "uid-worker-1" },
    ]);
  });

  test("also without a policy, so that it can be said that there is none", () => {
    const plan = planned({ reboots: [], fleet: null }, { policy: undefined });
    expect(stepKinds(plan)).toEqual(["CreateFleet", "CreateReboot"]);
    expect(holdKinds(plan)).toEqual(["no policy", "node not ready"]);
  });

  test.each<[string, Parts]>([
    ["the record", { reboots: [aReboot({ nodeUid: "uid-earlier", phase: preparing(), orders: 1 })] }],
    ["the report", { reports: [aReport({ nodeUid: "uid-earlier" })] }],
  ])("%s of an earlier node of the name is not taken for this one's", (_, parts) => {
    const plan = planned(parts);
    expect(plan.steps).toEqual([]);
    expect(plan.nodes.get("worker-1")?.phase).toEqual({ kind: "waiting" });
  });
});

describe("stored holds", () => {
  test("are written when their kinds change", () => {
    const record = stepOf(planned({ fleet: pausedFleet }), "RecordHolds");
    expect(record).toEqual({
      kind: "RecordHolds",
      version: "1",
      next: aReboot({ holds: [{ kind: "paused", until: null }] }),
      says: "",
      under: { policyCommit: "3f2a9c1", policyPull: null },
    });
  });

  test("what would block a drain is on record with since when, and said once", () => {
    const blockers = [aRefusal({ diagnosis: diagnose(anEvidence()) })];
    const check = aCheck({ pods: [aPod()], answers: new Map([["uid-web-1", anAnswer({ evidence: anEvidence() })]]) });
    const checks = new Map([["worker-1", check]]);
    const record = stepOf(planned({ checks, budgets: [aBudget()] }), "RecordHolds");
    expect(record?.next).toMatchObject({ blockers: [{ pod: "web-1" }], blockedSince: NOW });
    expect(record?.says).toMatch(/^would be blocked: PDB web\/web\. PDB web\/web wants 1 ready pod/);
    const known = aReboot({ blockers, blockedSince: NOW - HOUR, holds: [{ kind: "would be blocked", until: null }] });
    expect(planned({ checks, budgets: [aBudget()], reboots: [known] }).steps).toEqual([]);
  });

  test.each<[string, Parts]>([
    [
      "only sentences or ends do",
      { reboots: [aReboot({ holds: [{ kind: "paused", until: NOW }] })], fleet: pausedFleet },
    ],
    ["it has none and never had", { reports: idle, reboots: [aReboot({ pool: "another" })] }],
  ])("are left as they are when %s", (_, parts) => {
    expect(planned(parts).steps).toEqual([]);
  });

  test("are cleared when the need is gone", () => {
    const reboots = [aReboot({ holds: [{ kind: "paused", until: null }] })];
    expect(stepOf(planned({ reboots, reports: idle, fleet: pausedFleet }), "RecordHolds")?.next.holds).toEqual([]);
  });

  test("name the pool that the node is in now", () => {
    const reboots = [aReboot({ pool: "former", holds: [{ kind: "paused", until: null }] })];
    expect(stepOf(planned({ reboots, fleet: pausedFleet }), "RecordHolds")?.next.pool).toBe("workers");
  });
});

test.each<[string, Parts["nodes"]]>([
  ["our cordon", [aNode({ cordon: { kind: "ours", order: "dead" } })]],
  ["our mark on a node that someone uncordoned", [aNode({ cordon: { kind: "undone", order: "dead" } })]],
])("%s without a live order is lifted before the node may go", (_, nodes) => {
  const plan = planned({ nodes: nodes ?? [] });
  const uncordon = {
    kind: "Uncordon",
    node: "worker-1",
    uid: "uid-worker-1",
    order: "dead",
    labels: null,
    keeps: false,
  };
  expect(plan.steps.filter(({ kind }) => kind !== "SetSlots")).toEqual([uncordon]);
  expect(stepOf(plan, "SetSlots")?.taken ?? []).toEqual([]);
});

describe("decisions", () => {
  const asked = (name: string, createdAt: number) => aDecision({ name, createdAt, verb: "skip", until: NOW + HOUR });

  test("are judged one at a time and oldest first", () => {
    const decisions = [asked("c", NOW), asked("b", NOW - MINUTE), asked("a", NOW)];
    const judged = planned({ decisions }).steps.filter(({ kind }) => kind === "Judge");
    expect(judged).toMatchObject([{ decision: "b", version: "1", judgement: { outcome: "counted", person: "ana" } }]);
  });

  test("made at the same time, by name", () => {
    const plan = planned({ decisions: [asked("b", NOW), asked("a", NOW)] });
    expect(stepOf(plan, "Judge")?.decision).toBe("a");
  });

  test("made at the same time, what holds up after what lets go", () => {
    const [approve, retry] = [asked("b", NOW), { ...asked("c", NOW), verb: "approve" as const }];
    const order = (...decisions: readonly Decision[]) => stepOf(planned({ decisions }), "Judge")?.decision;
    for (const verb of ["withdraw", "pause"] as const) {
      expect(order({ ...asked("a", NOW), verb }, approve, retry)).toBe("b");
      expect(order({ ...asked("a", NOW - 1), verb }, approve, retry)).toBe("a");
    }
  });

  test("are judged once", () => {
    const decisions = [aDecision({ judgement: aJudgement({ outcome: "refused" }) })];
    expect(stepOf(planned({ decisions }), "Judge")).toBeUndefined();
  });

  test("are judged, and refused, without a policy too", () => {
    const plan = planned({ decisions: [asked("a", NOW)] }, { policy: undefined });
    expect(stepOf(plan, "Judge")?.judgement.outcome).toBe("refused");
  });
});

describe("the next look", () => {
  const pool = aPool({ windows: [aWindow("22:00", "22:40")] });
  const inWindow = { policy: aPolicy({ pools: [pool] }) };
  const counted = (verb: Verb, inMinutes: number) => {
    const bound = [{ node: "worker-1", digest: currentDigest({ pool }) }];
    return [aDecision({ verb, judgement: aJudgement({ validUntil: NOW + inMinutes * MINUTE, bound }) })];
  };

  test.each<[string, Parts, Parameters<typeof planned>[1], number]>([
    ["when an agent would be silent", {}, {}, NOW + 24 * MINUTE],
    ["when the window closes", {}, inWindow, NOW + 10 * MINUTE],
    ["when a skip ends", { decisions: counted("skip", 3) }, inWindow, NOW + 3 * MINUTE],
    ["when a force ends", { decisions: counted("force", 4) }, inWindow, NOW + 4 * MINUTE],
    ["when an approval ends", { decisions: counted("approve", 5) }, inWindow, NOW + 5 * MINUTE],
    ["when a step of one of the nodes is due", underWay(preparing()), {}, NOW + 50 * SECOND],
  ])("is %s", (_, parts, options, wakeAt) => {
    expect(planned(parts, options).wakeAt).toBe(wakeAt);
  });

  test("is not needed where only an event can change anything", () => {
    // Its deadline (overdue.after) is the one thing that time alone brings.
    const reports = [aReport({ heartbeat: null })];
    expect(planned({ reports }).wakeAt).toBe(NOW - HOUR + 14 * DAY);
    const notPending = [aReport({ heartbeat: null, pending: null })];
    expect(planned({ reports: notPending }).wakeAt).toBeNull();
  });
});

test("steps in flight are left out", () => {
  expect(stepKinds(planned({}, { inFlight: ["fleet"] }))).toEqual([]);
  expect(stepKinds(planned({ fleet: aFleet([ORDER]) }, { inFlight: ["reboot/worker-1"] }))).toEqual([]);
});
