import { describe, expect, test } from "vitest";
import type { Cordon } from "../fleet/node.ts";
import type { FailureCause } from "../fleet/phase.ts";
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
import { fleetOf, orderOf, slot, takers } from "../testing/fleets.ts";
import { ERRORS, green, readingsOf, red } from "../testing/gates.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, failed, nextPhase, nextRecord, ORDER, stepOf, underWay } from "../testing/phases.ts";
import { aBudget } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const ours: Cordon = { kind: "ours", order: ORDER };
const none: Cordon = { kind: "none", liftedFor: ORDER };
const sick: FailureCause = { kind: "not healthy after reboot", what: "the node is not Ready" };
const hook = (stage: "beforeDrain" | "beforeReboot" | "afterReboot"): FailureCause => ({
  kind: "hook failed",
  stage,
  hook: "snapshot",
  what: "exit 1",
});

describe("a failed node that serves again is freed", () => {
  test.each<[string, FailureCause, Cordon, boolean, boolean]>([
    ["one that is Ready and not cordoned is", sick, none, true, true],
    ["one whose cordon someone undid is", sick, { kind: "undone", order: ORDER }, true, true],
    [
      "one that someone else cordoned since is: that is theirs",
      sick,
      { kind: "foreign", liftedFor: ORDER },
      true,
      true,
    ],
    ["one that failed by a hook is, too", hook("beforeReboot"), none, true, true],
    ["one with our cordon is not", sick, ours, true, false],
    ["one that is not Ready is not", sick, none, false, false],
    ["one that did not come back is not", { kind: "did not come back", calledAt: null }, none, true, false],
    ["one whose record can't be read is not", { kind: "unreadable record", what: "phase" }, none, true, false],
  ])("%s", (_, cause, cordon, ready, isFreed) => {
    const nodes = [aNode({ cordon, ready })];
    // A heartbeat from before the order was dead: nothing else is to be learned of it.
    const parts = underWay(failed({ cause, notAfter: NOW }), { nodes });
    const next = nextPhase(planned(parts));
    expect(next?.kind === "failed" && next.freed).toBe(isFreed);
    expect(stepKinds(planned(parts))).toEqual(isFreed ? ["SetPhase"] : []);
  });

  test("that is no news for people: it makes no line in its history", () => {
    const plan = planned(underWay(failed({ cause: sick }), { nodes: [aNode({ cordon: none })] }));
    expect(stepOf(plan, "SetPhase")).toMatchObject({ says: "", next: { history: [] } });
  });
});

const freedParts = (cause: FailureCause = sick, changes: Parts = {}): Parts =>
  underWay(failed({ cause, freed: true }), {
    nodes: [aNode({ bootId: "boot-2", cordon: none })],
    reports: [aReport({ bootId: "boot-2", pending: null })],
    podsListedFor: ORDER,
    fleet: aFleet(),
    ...changes,
  });

describe("one that was freed", () => {
  test("loses its slot in the next write, and another node may go", () => {
    const parts = {
      ...freedParts(sick),
      nodes: [aNode({ cordon: none, ready: false }), aNode({ name: "worker-2" })],
      reports: [aReport(), aReport({ node: "worker-2" })],
      reboots: [aReboot({ phase: failed({ cause: sick, freed: true }), orders: 1 }), aReboot({ node: "worker-2" })],
      fleet: aFleet([ORDER]),
    };
    expect(stepOf(planned(parts), "SetSlots")).toMatchObject({
      freed: [{ node: "worker-1" }],
      taken: [{ node: "worker-2" }],
      slots: [{ node: "worker-2" }],
    });
  });

  test("on an old view of its node, and shows our cordon after all, is taken, and keeps or gets back its slot", () => {
    const phase = failed({ cause: sick, freed: true });
    const plan = (slots: readonly string[]) =>
      planned(underWay(phase, { nodes: [aNode({ cordon: ours })], fleet: aFleet(slots) }));
    expect(nextPhase(plan([ORDER]))).toEqual({ ...phase, freed: false });
    expect(stepOf(plan([ORDER]), "SetSlots")).toBeUndefined();
    expect(stepOf(plan([]), "SetSlots")).toMatchObject({ slots: [{ node: "worker-1", order: ORDER }] });
  });

  test("has no slot given back, and takes none", () => {
    expect(stepOf(planned(freedParts()), "SetSlots")).toBeUndefined();
  });

  test("is not counted against the pool once it is Ready, and is while it is not", () => {
    const policy = aPolicy({ maxRebooting: 2, pools: [aPool({ maxUnavailable: { kind: "count", count: 1 } })] });
    const kinds = (ready: boolean) => {
      const { nodes: _, ...parts } = freedParts(sick, {
        reboots: [aReboot({ phase: failed({ cause: sick, freed: true }), orders: 1 }), aReboot({ node: "worker-2" })],
        reports: [aReport({ bootId: "boot-2", pending: null }), aReport({ node: "worker-2" })],
      });
      const nodes = [aNode({ bootId: "boot-2", cordon: none, ready }), aNode({ name: "worker-2" })];
      return holdKinds(planned({ ...parts, nodes }, { policy }), "worker-2");
    };
    expect([kinds(true), kinds(false)]).toEqual([[], ["budget"]]);
  });

  test("that is well again is simply done, without a slot", () => {
    const plan = planned(freedParts());
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextRecord(plan)).toMatchObject({
      phase: { kind: "waiting" },
      outcome: { kind: "rebooted", at: NOW, bootId: "boot-2" },
      bootId: "boot-2",
      tries: 0,
    });
  });

  test("whose pods were not listed has them listed, also without a slot", () => {
    const { podsListedFor: _, ...parts } = freedParts();
    expect(planned(parts).steps).toEqual([{ kind: "WatchPods", node: "worker-1", order: ORDER }]);
  });

  const baseline = { budgets: [{ namespace: "web", name: "web", short: 0 }], unready: [] };
  const reboots = [aReboot({ phase: failed({ cause: sick, freed: true }), orders: 1, baseline })];
  test.each<[string, Parts]>([
    ["it is not Ready", { nodes: [aNode({ bootId: "boot-2", cordon: none, ready: false })] }],
    ["its agent is on the old boot", { reports: [aReport()] }],
    ["a budget is worse off than before", { reboots, budgets: [aBudget({ currentHealthy: 0 })] }],
    ["a gate is red", { gates: readingsOf(ERRORS, red(SECOND)) }],
    ["a gate was green only once since it failed", { gates: readingsOf(ERRORS, green(SECOND), green(61 * SECOND)) }],
  ])("has failed still while %s", (_, changes) => {
    const policy = aPolicy({ gates: "gates" in changes ? [ERRORS] : [] });
    expect(nextPhase(planned(freedParts(sick, changes), { policy }))).toBeUndefined();
  });

  test("is done once the gates were green twice since it failed", () => {
    const changes = { gates: readingsOf(ERRORS, green(SECOND), green(30 * SECOND)) };
    expect(nextPhase(planned(freedParts(sick, changes), { policy: aPolicy({ gates: [ERRORS] }) }))?.kind).toBe(
      "waiting",
    );
  });
});

describe("a node that failed by a hook", () => {
  const retry = (at: number) => [
    aDecision({
      verb: "retry",
      judgement: aJudgement({ at, bound: [{ node: "worker-1", digest: currentDigest() }] }),
    }),
  ];
  const afterHook = (stage: "beforeDrain" | "beforeReboot" | "afterReboot", parts: Parts = {}) => {
    const freed = stage === "beforeDrain";
    const nodes = [aNode({ cordon: freed ? { kind: "none", liftedFor: null } : ours })];
    return planned(underWay(failed({ cause: hook(stage), freed }), { nodes, ...parts }));
  };

  test.each(["beforeDrain", "beforeReboot", "afterReboot"] as const)("%s waits for a person", (stage) => {
    expect(afterHook(stage).steps.filter(({ kind }) => kind !== "SetSlots")).toEqual([]);
  });

  test.each([
    ["beforeDrain", false],
    ["beforeReboot", true],
  ] as const)("%s is tried again by a retry", (stage, mayBeCordoned) => {
    const plan = afterHook(stage, { decisions: retry(NOW - SECOND) });
    expect(nextRecord(plan)).toMatchObject({
      phase: { kind: "yielding", mayBeCordoned, why: { kind: "tried again", by: "ana" } },
      retryAt: null,
      tries: 0,
      released: null,
    });
  });

  test("is not tried again by a retry from before it failed", () => {
    expect(nextPhase(afterHook("beforeReboot", { decisions: retry(NOW - MINUTE) }))).toBeUndefined();
  });

  test("after its reboot is not tried again at all: a hook runs once an order", () => {
    const parts = { decisions: retry(NOW), nodes: [aNode({ bootId: "boot-2", cordon: ours })] };
    expect(nextPhase(afterHook("afterReboot", parts))).toBeUndefined();
  });

  test("and was rebooted meanwhile is verified where it is out of service, else that is on record", () => {
    const booted = { reports: [aReport({ bootId: "boot-2" })] };
    const cordoned = afterHook("beforeReboot", { ...booted, nodes: [aNode({ bootId: "boot-2", cordon: ours })] });
    expect(nextPhase(cordoned)).toMatchObject({ kind: "verifying", bootId: "boot-2" });
    const serving = afterHook("beforeDrain", { ...booted, nodes: [aNode({ bootId: "boot-2" })] });
    expect(nextRecord(serving)).toMatchObject({ phase: { kind: "waiting" }, bootId: "boot-2" });
    expect(nextRecord(serving)?.history.at(-1)?.says).toBe("was rebooted without an order");
  });
});

test("a freed node that is cordoned by someone else meanwhile is not counted as taken, and its slot is another's", () => {
  const parts = fleetOf(["a", "b"], {
    nodes: { a: { cordon: { kind: "foreign", liftedFor: orderOf("a") } } },
    reboots: { a: { phase: failed({ order: orderOf("a"), cause: hook("afterReboot"), freed: true }), orders: 1 } },
  });
  const plan = planned({ ...parts, fleet: { ...aFleet(), slots: [slot("a")] } });
  expect(takers(plan)).toEqual(["b"]);
});

test("a node that failed keeps the slot for as long as nobody knows how it is", () => {
  const nodes = [aNode({ cordon: none, ready: false }), aNode({ name: "worker-2" })];
  const reboots = [aReboot({ phase: failed({ notAfter: NOW - HOUR }), orders: 1 }), aReboot({ node: "worker-2" })];
  const plan = planned(underWay(failed(), { nodes, reboots, fleet: aFleet() }));
  expect(stepOf(plan, "SetSlots")).toMatchObject({ slots: [{ node: "worker-1", order: ORDER }], taken: [] });
});
