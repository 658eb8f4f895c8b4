import { describe, expect, test } from "vitest";
import type { Check } from "../fleet/check.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Plan } from "../plan.ts";
import { aNode, aReboot, aReport, holdKinds, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { preparing, underWay } from "../testing/phases.ts";
import { aBudget, aCheck, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool, aWindow } from "../testing/policies.ts";

const looked = (changes: Partial<Check> = {}) => new Map([["worker-1", aCheck(changes)]]);
const NONE: ReadonlyMap<string, Check> = new Map();
const isLookedAt = (plan: Plan): boolean => stepKinds(plan).includes("CheckPods");
const closed = [aPool({ windows: [aWindow("02:00", "04:00")] })];
const yielded = { kind: "yielded", at: NOW - 10 * SECOND, order: "o1", why: { kind: "agent silent" } } as const;

describe("when a node's pods are looked at", () => {
  test.each<[string, Parts, boolean]>([
    ["one that could go now", { checks: NONE }, true],
    ["one that needs no reboot is not", { checks: NONE, reports: [aReport({ pending: null })] }, false],
    ["one that is under way is not", { ...underWay(preparing()), checks: NONE }, false],
    ["one that is held for another reason is not", { checks: NONE, nodes: [aNode({ ready: false })] }, false],
    ["a look of just now is good", { checks: looked() }, false],
    ["one of five minutes ago is not", { checks: looked({ at: NOW - 5 * MINUTE }) }, true],
    ["one of an earlier node of that name is none", { checks: looked({ nodeUid: "old" }) }, true],
    [
      "one that did not work is repeated after a while",
      { checks: looked({ problem: "403", at: NOW - 15 * SECOND }) },
      true,
    ],
    ["not at once", { checks: looked({ problem: "403", at: NOW - 14 * SECOND }) }, false],
    [
      "after a try the old look counts no more, and the pods settle first",
      { checks: looked({ at: NOW - MINUTE }), reboots: [aReboot({ outcome: yielded })] },
      false,
    ],
  ])("%s", (_, parts, expected) => {
    expect(isLookedAt(planned(parts))).toBe(expected);
  });

  const answers = new Map([["uid-web-1", anAnswer()]]);
  test.each<[string, Partial<Check>, ReturnType<typeof aBudget>, boolean]>([
    ["a budget says something else by now", { answers, pods: [aPod()] }, aBudget({ disruptionsAllowed: 1 }), true],
    ["it says the same", { answers, pods: [aPod()] }, aBudget(), false],
    ["one that let a pod go then is closed now", { pods: [aPod()] }, aBudget(), true],
    ["the closed one covers none of its pods", { pods: [aPod({ labels: { app: "db" } })] }, aBudget(), false],
  ])("at once when %s", (_, check, budget, expected) => {
    const plan = planned({ checks: looked({ at: NOW - SECOND, ...check }), budgets: [budget] });
    expect(isLookedAt(plan)).toBe(expected);
  });

  test("a node that waits for its window is looked at each hour, and a budget's change is no hurry", () => {
    const policy = aPolicy({ pools: closed });
    const at = (age: number, budgets = [aBudget()]) =>
      isLookedAt(planned({ checks: looked({ at: NOW - age, pods: [aPod()] }), budgets }, { policy }));
    expect([at(59 * MINUTE, []), at(HOUR, [])]).toEqual([false, true]);
    expect([at(SECOND), at(5 * MINUTE)]).toEqual([false, true]);
  });

  test("and as often as the next one when nodes of another pool wait for it", () => {
    const later = [aWindow("23:00", "01:00")];
    const first = aPool({ name: "first", matchLabels: { first: "yes" }, windows: later });
    const pools = [first, aPool({ after: ["first"], windows: "always" })];
    const nodes = [aNode({ labels: { first: "yes" } }), aNode({ name: "worker-2" })];
    const at = (age: number) => {
      const checks = new Map([
        ["worker-1", aCheck({ at: NOW - age })],
        ["worker-2", aCheck({ nodeUid: "uid-worker-2" })],
      ]);
      return isLookedAt(planned({ nodes, checks }, { policy: aPolicy({ pools }) }));
    };
    expect([at(5 * MINUTE - 1), at(5 * MINUTE)]).toEqual([false, true]);
  });

  test("four at a time, those first that could go", () => {
    const nodes = Array.from({ length: 8 }, (_, index) => aNode({ name: `worker-${index + 1}` }));
    const first = aPool({ name: "first", matchLabels: { first: "yes" } });
    const pools = [first, ...closed];
    const all = nodes.map((node) => (node.name === "worker-8" ? { ...node, labels: { first: "yes" } } : node));
    const steps = planned({ nodes: all, checks: NONE }, { policy: aPolicy({ pools }) }).steps;
    const names = steps.flatMap((step) => (step.kind === "CheckPods" ? [step.node] : []));
    expect(names).toEqual(["worker-8", "worker-1", "worker-2", "worker-3"]);
    const busy = ["worker-1", "worker-2", "worker-8"].map((name) => `check/${name}`);
    const then = planned({ nodes: all, checks: NONE }, { policy: aPolicy({ pools }), inFlight: busy }).steps;
    expect(then.filter(({ kind }) => kind === "CheckPods")).toHaveLength(1);
  });
});

describe("a slot is taken on a look that is fresh and clean", () => {
  test.each<[string, Parts, boolean]>([
    ["clean and of just now", { checks: looked() }, true],
    ["none yet", { checks: NONE }, false],
    ["too old", { checks: looked({ at: NOW - 6 * MINUTE }) }, false],
    ["made after another drain's cordon", { checks: looked({ order: "o1" }) }, false],
    ["a budget has closed since", { checks: looked({ pods: [aPod()] }), budgets: [aBudget()] }, false],
  ])("%s", (_, parts, expected) => {
    expect(stepKinds(planned(parts)).includes("SetSlots")).toBe(expected);
  });

  test("an operator's refusal holds no node, since it may act only once that is cordoned: the back-off is between two tries", () => {
    const told = { cause: "operator", says: "", fixes: [], owner: null, move: null } as const;
    const diagnosis = { ...told, verdict: "its operator may free it" } as const;
    const blockers = [aRefusal({ diagnosis })];
    const outcome = { ...yielded, why: { kind: "blocked", refused: blockers } } as const;
    const parts = (retryAt: number) => ({
      budgets: [aBudget()],
      reboots: [aReboot({ blockers, blockedSince: NOW - HOUR, tries: 1, triesSince: NOW, outcome, retryAt })],
    });
    expect(holdKinds(planned(parts(NOW + MINUTE)))).toEqual(["back-off"]);
    expect(holdKinds(planned(parts(NOW)))).toEqual([]);
  });
});
