import { describe, expect, test } from "vitest";
import type { Cordon } from "../fleet/node.ts";
import type { FailureCause } from "../fleet/phase.ts";
import type { HostReport } from "../fleet/report.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
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
} from "../testing/builders.ts";
import { takers } from "../testing/fleets.ts";
import { NOW } from "../testing/now.ts";
import {
  aFleet,
  failed,
  nextPhase,
  nextRecord,
  ORDER,
  reporting,
  stepOf,
  underWay,
  yielding,
} from "../testing/phases.ts";

const ours: Cordon = { kind: "ours", order: ORDER };
const said = (verb: "release" | "retry", at: number) =>
  aDecision({
    name: verb,
    verb,
    judgement: aJudgement({ at, bound: [{ node: "worker-1", digest: currentDigest() }] }),
  });
const release = { decisions: [said("release", NOW - SECOND)] };

const CAUSES: readonly FailureCause[] = [
  { kind: "did not come back", calledAt: NOW - HOUR },
  { kind: "not healthy after reboot", what: "the node is not Ready" },
  { kind: "hook failed", stage: "beforeDrain", hook: "snapshot", what: "exit 1" },
  { kind: "hook failed", stage: "beforeReboot", hook: "snapshot", what: "exit 1" },
  { kind: "hook failed", stage: "afterReboot", hook: "snapshot", what: "exit 1" },
];

describe.each(CAUSES)("released after: $kind $stage", (cause) => {
  const down = [aNode({ ready: false, cordon: ours })];

  test("it gives its slot up, with who said so and what for on record", () => {
    const plan = planned(underWay(failed({ cause }), { nodes: down, ...release }));
    expect(stepKinds(plan)).toEqual(["WithdrawOrder"]);
    expect(nextRecord(plan)).toMatchObject({
      phase: { kind: "yielding", mayBeCordoned: true, why: { kind: "released", by: "ana" } },
      released: { by: "ana", reasons: ["sentinel/1"] },
      bootId: "boot-1",
      retryAt: null,
      tries: 0,
    });
  });

  test("one that serves already has nothing to be lifted", () => {
    const plan = planned(underWay(failed({ cause, freed: true }), { nodes: [aNode()], fleet: aFleet(), ...release }));
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", mayBeCordoned: false });
  });

  test("a release from before it failed does not count", () => {
    const decisions = [said("release", NOW - MINUTE)];
    expect(nextPhase(planned(underWay(failed({ cause }), { nodes: down, decisions })))).toBeUndefined();
  });
});

test("a record that can't be read is not released: nobody knows what is under way", () => {
  const cause: FailureCause = { kind: "unreadable record", what: "phase" };
  expect(planned(underWay(failed({ cause }), release)).steps).toEqual([]);
});

describe("a node that gives up since it was released", () => {
  const phase = yielding({ notAfter: NOW - HOUR, why: { kind: "released", by: "ana" } });

  test.each<[string, Parts]>([
    ["though it shows the boot that was ordered", { nodes: [aNode({ bootId: "boot-2", cordon: ours })] }],
    ["though its agent called the reboot", { reports: reporting({ rebooting: NOW - HOUR }) }],
  ])("is uncordoned %s", (_, parts) => {
    expect(planned(underWay(phase, parts)).steps).toEqual([
      { kind: "Uncordon", node: "worker-1", uid: "uid-worker-1", order: ORDER, labels: null, keeps: false },
    ]);
  });

  test("waits, as any other, until its order is dead", () => {
    const plan = planned(underWay({ ...phase, notAfter: NOW - MINUTE }));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 1);
  });
});

describe("afterwards it is left alone", () => {
  const because = (...identities: readonly string[]): readonly HostReport[] => [
    aReport({
      pending: {
        since: NOW - HOUR,
        reasons: identities.map((identity) => ({ kind: "package", identity, text: identity, since: NOW - HOUR })),
      },
    }),
  ];
  const outcome = { kind: "yielded", at: NOW - MINUTE, order: ORDER, why: { kind: "released", by: "ana" } } as const;
  const parts = (reports: readonly HostReport[], retriedAt: number | null = null): Parts => ({
    reports,
    reboots: [aReboot({ released: { by: "ana", reasons: ["a", "b"] }, outcome, orders: 1 })],
    decisions: retriedAt === null ? [] : [said("retry", retriedAt)],
  });

  test.each<[string, Parts, boolean]>([
    ["while it is pending for what it was released with", parts(because("a", "b")), true],
    ["while a part of that is left", parts(because("b")), true],
    ["not once there is one more reason", parts(because("a", "b", "c")), false],
    ["not once its reasons are others", parts(because("c")), false],
    ["not after a retry", parts(because("a", "b"), NOW), false],
    ["still, after a retry from before the release", parts(because("a", "b"), NOW - 2 * MINUTE), true],
  ])("%s", (_, given, isHeld) => {
    const plan = planned(given);
    expect([holdKinds(plan), takers(plan)]).toEqual(isHeld ? [["released"], []] : [[], ["worker-1"]]);
  });

  test("and says who said so, and what to do", () => {
    expect(planned(parts(because("a"))).nodes.get("worker-1")?.holds[0]?.says).toBe(
      "ana released worker-1 after it had failed. It is left alone until its reasons to reboot change; or reply retry.",
    );
  });

  test("the next order ends that", () => {
    const [reboot] = parts([]).reboots ?? [];
    const again = planned({
      ...parts(because("c")),
      fleet: aFleet([ORDER]),
      reboots: [aReboot({ ...reboot, orders: 0 })],
    });
    expect(stepOf(again, "SetPhase")?.next).toMatchObject({ phase: { kind: "preparing" }, released: null });
  });
});
