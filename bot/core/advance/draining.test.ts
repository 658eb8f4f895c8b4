import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../instant.ts";
import { aNode, aReport, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, draining, nextPhase, nextRecord, ORDER, reporting, stepOf, underWay } from "../testing/phases.ts";
import { aBudget, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool, aWindow } from "../testing/policies.ts";

const listed = (parts: Parts = {}): Parts => ({ podsListedFor: ORDER, budgets: [aBudget()], ...parts });
const blocked = { refused: [aRefusal()] };

describe("cordon", () => {
  test.each<[string, Parts]>([
    ["a node without a cordon", { nodes: [aNode()] }],
    ["a node with our cordon of another order", { nodes: [aNode({ cordon: { kind: "ours", order: "earlier" } })] }],
  ])("%s is cordoned before anything else", (_, parts) => {
    const plan = planned(underWay(draining(), { ...listed({ pods: [aPod()] }), ...parts }));
    expect(plan.steps).toEqual([
      { kind: "Cordon", node: "worker-1", uid: "uid-worker-1", order: ORDER, labels: {}, adopts: false },
    ]);
  });

  test.each<[string, Parts]>([
    ["no list", {}],
    ["a list made after another cordon", { podsListedFor: "earlier", pods: [] }],
  ])("then its pods are listed: %s is no proof of an empty node", (_, parts) => {
    const plan = planned(underWay(draining(), parts));
    expect(plan.steps).toEqual([{ kind: "WatchPods", node: "worker-1", order: ORDER }]);
  });
});

describe("evictions", () => {
  test("each pod that must leave is evicted, by name", () => {
    const pods = [
      aPod({ name: "web-2" }),
      aPod({ name: "web-1" }),
      aPod({
        name: "finished",
        finished: true,
        controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" },
      }),
      aPod({ name: "mirror", mirror: true, controller: null }),
      aPod({ name: "daemon", controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" } }),
      aPod({ name: "leaving", deletingSince: NOW - SECOND }),
    ];
    const plan = planned(underWay(draining(), listed({ pods })));
    const evicted = plan.steps.map((step) => (step.kind === "Evict" ? step.pod.name : step.kind));
    expect(evicted).toEqual(["finished", "web-1", "web-2"]);
  });

  test("sixteen are in flight at most, those before included", () => {
    const pods = Array.from({ length: 30 }, (_, index) => aPod({ name: `web-${index}` }));
    expect(planned(underWay(draining(), listed({ pods }))).steps).toHaveLength(16);
    const inFlight = pods.slice(0, 10).map(({ uid }) => `pod/${uid}`);
    const plan = planned(underWay(draining(), listed({ pods })), { inFlight });
    expect(plan.steps).toHaveLength(6);
  });

  test("what refuses a pod is written down before anything else is done", () => {
    const pods = [aPod(), aPod({ name: "web-2" })];
    const plan = planned(underWay(draining(), listed({ pods, evictions: [anAnswer()] })));
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextPhase(plan)).toEqual(draining(blocked));
  });

  test("a refused pod is tried again at its time", () => {
    const phase = draining({ ...blocked, onlyRefusedSince: NOW });
    const parts = listed({ pods: [aPod()], evictions: [anAnswer()] });
    const waits = planned(underWay(phase, parts));
    expect(waits.steps).toEqual([]);
    expect(waits.wakeAt).toBe(NOW + 15 * SECOND);
    const again = planned(underWay(phase, parts), { now: NOW + 15 * SECOND });
    expect(stepKinds(again)).toEqual(["Evict"]);
  });

  test("a budget that changed and allows nothing still is no cause to try", () => {
    const phase = draining({ ...blocked, onlyRefusedSince: NOW });
    const parts = listed({ pods: [aPod()], evictions: [anAnswer({ fingerprint: "before" })] });
    expect(planned(underWay(phase, parts)).steps).toEqual([]);
  });

  test("a refused pod is tried at once when its budget allows it", () => {
    const phase = draining({ refused: [aRefusal({ budgets: [] })], onlyRefusedSince: NOW });
    const parts = listed({ pods: [aPod()], evictions: [anAnswer()], budgets: [] });
    expect(stepKinds(planned(underWay(phase, parts)))).toEqual(["Evict"]);
  });
});

describe("giving up", () => {
  const only = draining({ ...blocked, onlyRefusedSince: NOW - 15 * MINUTE });
  const parts = listed({ pods: [aPod()], evictions: [anAnswer({ retryAt: NOW + MINUTE })] });

  test("the time is counted from when only refused pods are left", () => {
    const plan = planned(underWay(draining(), parts));
    expect(nextPhase(plan)).toEqual(draining({ ...blocked, onlyRefusedSince: NOW }));
  });

  test("it is not counted while another pod is still to go", () => {
    const pods = [aPod(), aPod({ name: "web-2" })];
    const plan = planned(underWay(only, { ...parts, pods }));
    expect(nextPhase(plan)).toEqual(draining({ ...blocked, onlyRefusedSince: null }));
  });

  test("giveUpAfter after that it yields with the refusals, and not a moment before", () => {
    const waits = planned(underWay({ ...only, onlyRefusedSince: NOW - 15 * MINUTE + 1 }, parts));
    expect(waits.steps).toEqual([]);
    expect(waits.wakeAt).toBe(NOW + 1);
    const over = planned(underWay(only, parts));
    expect(stepKinds(over)).toEqual(["WithdrawOrder"]);
    expect(nextPhase(over)).toMatchObject({ kind: "yielding", notAfter: null, mayBeCordoned: true });
    expect(nextPhase(over)).toMatchObject({ why: { kind: "blocked", refused: [aRefusal()] } });
    expect(nextRecord(over)).toMatchObject({ tries: 1, retryAt: NOW + 30 * MINUTE });
  });

  test("how long that is, and how long it waits then, its pool says", () => {
    const policy = aPolicy({
      pools: [aPool({ drain: { ...aPool().drain, giveUpAfter: MINUTE, retryAfter: MINUTE } })],
    });
    const plan = planned(underWay({ ...only, onlyRefusedSince: NOW - MINUTE }, parts), { policy });
    expect(nextRecord(plan)?.retryAt).toBe(NOW + MINUTE);
  });

  test.each([
    ["a pod that is there a minute after its grace is named, and counts as refused", NOW - MINUTE, NOW],
    ["less does not", NOW - MINUTE + 1, null],
  ])("%s", (_, deletingSince, onlyRefusedSince) => {
    const plan = planned(underWay(draining(), listed({ pods: [aPod({ deletingSince })] })));
    expect(nextPhase(plan)).toEqual(
      onlyRefusedSince === null
        ? undefined
        : draining({
            onlyRefusedSince,
            refused: [
              aRefusal({
                kind: "terminating",
                budgets: [],
                at: deletingSince,
                message: "",
                diagnosis: {
                  verdict: "clears by itself",
                  cause: "terminating",
                  says: "web/web-1 was told to end, and is there long after its grace: its kubelet has not ended it. After 5 min the drain goes on without it.",
                  fixes: [],
                  move: null,
                  owner: "ReplicaSet web",
                },
              }),
            ],
          }),
    );
    if (onlyRefusedSince === null) expect(plan.wakeAt).toBe(NOW + 1);
  });

  test("a new leader, who has no answers yet, counts on with the refusals on record", () => {
    const plan = planned(underWay(only, listed({ pods: [aPod()] })));
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "blocked" } });
  });

  test("other numbers in a budget are written, another message or time is not", () => {
    const phase = draining({ ...blocked, onlyRefusedSince: NOW });
    const same = listed({ pods: [aPod()], evictions: [anAnswer({ at: NOW + 1, message: "other words" })] });
    expect(planned(underWay(phase, same)).steps).toEqual([]);
    const other = { ...same, budgets: [aBudget({ currentHealthy: 0 })] };
    expect(nextPhase(planned(underWay(phase, other)))).toMatchObject({
      refused: [{ budgets: [{ currentHealthy: 0 }] }],
    });
  });
});

describe("empty", () => {
  const empty = draining({ emptySince: NOW - 90 * SECOND });
  const ready = { reports: reporting({ ready: NOW - 2 * MINUTE }) };
  const daemon = aPod({
    name: "daemon",
    controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" },
  });

  test("the time is counted from the list that shows only what the drain leaves", () => {
    const plan = planned(underWay(draining(), listed({ pods: [daemon] })));
    expect(nextPhase(plan)).toEqual(draining({ emptySince: NOW }));
  });

  test("reboot.delay is waited out", () => {
    const plan = planned(underWay({ ...empty, emptySince: NOW - 90 * SECOND + 1 }, listed()));
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 1);
  });

  test("a late pod is drained too, and the delay begins anew", () => {
    const late = planned(underWay(empty, listed({ pods: [aPod()] })));
    expect(nextPhase(late)).toEqual(draining({ emptySince: null }));
    const then = planned(underWay(draining(), listed({ pods: [aPod()] })));
    expect(stepKinds(then)).toEqual(["Evict"]);
  });

  test("then the order is given, with the reasons that it is given for", () => {
    const plan = planned(underWay(empty, { ...listed(), ...ready }));
    expect(stepKinds(plan)).toEqual(["GiveOrder"]);
    expect(nextPhase(plan)).toEqual({
      kind: "rebooting",
      order: ORDER,
      fromBootId: "boot-1",
      givenAt: NOW,
      notAfter: NOW + 5 * MINUTE,
      agent: { accepted: null, rebooting: null },
    });
    expect(nextRecord(plan)).toMatchObject({ given: 1, orders: 1, wantedFor: ["sentinel/1"], orderedFor: [] });
    expect(stepOf(plan, "GiveOrder")?.says).toBe("is empty; the order to reboot is given");
  });

  test.each([
    ["in five minutes", "22:36", NOW + 5 * MINUTE],
    ["at the window's close, if that is sooner", "22:33", NOW + 3 * MINUTE],
  ])("the order ends %s", (_, to, notAfter) => {
    const policy = aPolicy({ pools: [aPool({ windows: [aWindow("22:00", to)] })] });
    const plan = planned(underWay(empty, listed()), { policy });
    expect(nextPhase(plan)).toMatchObject({ kind: "rebooting", notAfter });
  });

  test("what stops a drain stops it in the last moment too", () => {
    const silent = [aReport({ heartbeat: null })];
    const plan = planned(underWay(empty, listed({ reports: silent })));
    expect(stepKinds(plan)).toEqual(["WithdrawOrder"]);
  });
});

test.each([
  ["is not written", []],
  ["is written for another order", ["another"]],
])("nothing is done to a node whose slot %s, but the slot is written", (_, orders) => {
  const fleet = aFleet(orders);
  const plan = planned(underWay(draining(), listed({ pods: [aPod()], fleet })));
  expect(stepKinds(plan)).toEqual(["SetSlots"]);
  expect(stepOf(plan, "SetSlots")?.slots).toEqual([{ node: "worker-1", uid: "uid-worker-1", order: ORDER }]);
});
