import { describe, expect, test } from "vitest";
import type { Bots } from "../fleet/bots.ts";
import type { Node } from "../fleet/node.ts";
import type { Pod } from "../fleet/pod.ts";
import { MINUTE } from "../instant.ts";
import type { PodRule } from "../policy/policy.ts";
import { aBotPod, someBots } from "../testing/bot-pods.ts";
import { aNode, aReboot, aReport, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, draining, nextPhase, ORDER, rebooting, stepOf, underWay } from "../testing/phases.ts";
import { aBudget, aDaemonSet, anAnswer, aPod } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const MINE = aBotPod();
const OTHER = aBotPod({ name: "bootswain-2", node: "worker-2" });
const botBudget = (changes = {}) =>
  aBudget({
    namespace: "bootswain",
    name: "bot",
    selector: [{ key: "app.kubernetes.io/component", operator: "In", values: ["bot"] }],
    disruptionsAllowed: 1,
    ...changes,
  });
const cordoned = aNode({ cordon: { kind: "ours", order: ORDER } });
const emptySince = NOW - MINUTE;

/** The default node is drained and shows `pods`; of the bot's own the other one is Ready on another node. */
const drainOf = (pods: readonly Pod[], { bots = {}, other = {}, ...parts }: DrainParts = {}): Parts =>
  underWay(draining(), {
    podsListedFor: ORDER,
    nodes: [cordoned, aNode({ name: "worker-2", ...other })],
    reboots: [aReboot({ phase: draining(), orders: 1 }), aReboot({ node: "worker-2" })],
    reports: [aReport(), aReport({ node: "worker-2", pending: null })],
    pods,
    bots: someBots([MINE, OTHER], bots),
    ...parts,
  });

interface DrainParts extends Omit<Parts, "bots"> {
  readonly bots?: Partial<Bots>;
  readonly other?: Partial<Node>;
}

const drainRule = (changes: Partial<PodRule>) => {
  const rule = { match: { namespace: "bootswain", matchLabels: {} }, action: "evict", order: 0, before: null } as const;
  const pods = [{ ...rule, atMost: null, ...changes }];
  return aPolicy({ pools: [aPool({ drain: { ...aPool().drain, pods } })] });
};

describe("a pod of the bot's own leaves", () => {
  test("last of all, when every other pod is gone", () => {
    const critical = aPod({ name: "dns", isCritical: true });
    const ending = aPod({ name: "ends", deletingSince: NOW });
    const evicted = (pods: readonly Pod[]) =>
      planned(drainOf(pods)).steps.map((step) => (step.kind === "Evict" ? step.pod.name : step.kind));
    expect(evicted([MINE, critical, aPod()])).toEqual(["web-1"]);
    expect(evicted([MINE, critical])).toEqual(["dns"]);
    expect(evicted([MINE, ending])).toEqual([]);
    expect(evicted([MINE])).toEqual(["bootswain-1"]);
  });

  test("later than a rule of the policy would have it", () => {
    const plan = planned(drainOf([MINE, aPod()]), { policy: drainRule({ order: -5 }) });
    expect(stepOf(plan, "Evict")?.pod.name).toBe("web-1");
  });

  test("though its data is protected: what it keeps can be fetched again", () => {
    const policy = aPolicy({ pools: [aPool({ drain: { ...aPool().drain, emptyDir: "protect" } })] });
    expect(stepKinds(planned(drainOf([aBotPod({ hasEmptyDir: true })]), { policy }))).toEqual(["Evict"]);
  });

  test("past a budget that allows it", () => {
    expect(stepKinds(planned(drainOf([MINE], { budgets: [botBudget()] })))).toEqual(["Evict"]);
  });

  test("and the node is not empty while it ends", () => {
    const plan = planned(drainOf([aBotPod({ deletingSince: NOW })]));
    expect(plan.steps).toEqual([]);
  });
});

const taken = {
  fleet: {
    ...aFleet([ORDER]),
    slots: [...aFleet([ORDER]).slots, { node: "worker-2", uid: "uid-worker-2", order: "x" }],
  },
};

test.each<[string, DrainParts]>([
  ["there is no other one", { bots: someBots([MINE]) }],
  ["the other one is not Ready", { bots: someBots([MINE, { ...OTHER, ready: false }]) }],
  ["the other one is about to end", { bots: someBots([MINE, { ...OTHER, deletingSince: NOW }]) }],
  ["the other one is on the same node", { bots: someBots([MINE, { ...OTHER, node: "worker-1" }]) }],
  ["the other one is on no node yet", { bots: someBots([MINE, { ...OTHER, node: null }]) }],
  ["the other one's node is not known", { bots: someBots([MINE, { ...OTHER, node: "worker-9" }]) }],
  ["the other one's node is not Ready", { other: { ready: false } }],
  ["the other one's node is cordoned by someone", { other: { cordon: { kind: "foreign", liftedFor: null } } }],
  ["the other one's node is being deleted", { other: { deletedAt: NOW } }],
  ["the other one's node has a slot", taken],
  [
    "the other one's node is under way",
    { reboots: [aReboot({ phase: draining(), orders: 1 }), aReboot({ node: "worker-2", phase: rebooting() })] },
  ],
  ["its budget allows nothing", { budgets: [botBudget({ disruptionsAllowed: 0 })] }],
  ["its budget was not judged yet", { budgets: [botBudget({ generation: 2 })] }],
  ["it has two budgets", { budgets: [botBudget(), botBudget({ name: "bot-2" })] }],
  ["its budget refused it", { evictions: [anAnswer({ podUid: MINE.uid, budgets: ["bootswain/bot"] })] }],
  ["the server asked to wait", { evictions: [anAnswer({ podUid: MINE.uid, kind: "wait", budgets: [] })] }],
  ["the lease came back after it was handed over", { bots: { self: "bootswain-1", handedOver: ORDER } }],
])("it stays, and the node is empty with it, when %s", (_, parts) => {
  expect(nextPhase(planned(drainOf([MINE], parts)))).toEqual(draining({ emptySince: NOW }));
});

test.each([
  ["nothing makes it again", aBotPod({ controller: null }), aPolicy()],
  ["a rule leaves it", MINE, drainRule({ action: "leave" })],
  ["a rule waits until it has finished", MINE, drainRule({ action: "waitUntilFinished" })],
  ["a rule wants a Job first", MINE, drainRule({ before: { cronJob: "ops/x", timeout: MINUTE } })],
])("it stays when %s", (_, pod, policy) => {
  expect(nextPhase(planned(drainOf([pod]), { policy }))).toEqual(draining({ emptySince: NOW }));
});

test("with it the order is given, and says so", () => {
  const phase = draining({ emptySince: NOW - 5 * MINUTE });
  const plan = planned({ ...drainOf([MINE], { bots: someBots([MINE]) }), reboots: [aReboot({ phase, orders: 1 })] });
  expect(stepOf(plan, "GiveOrder")?.says).toBe(
    "is empty but for the bot's own bootswain/bootswain-1, which comes back with the node; the order to reboot is given",
  );
});

test("once the other one is Ready it must leave after all", () => {
  const phase = draining({ emptySince });
  const plan = planned({ ...drainOf([MINE]), reboots: [aReboot({ phase, orders: 1 })] });
  expect(nextPhase(plan)).toEqual(draining({ emptySince: null }));
});

test("it is no blocker, however long it takes to end", () => {
  const plan = planned(drainOf([aBotPod({ deletingSince: NOW - 4 * MINUTE })]));
  expect(plan.steps).toEqual([]);
});

test.each([
  ["of another namespace", aBotPod({ namespace: "web" })],
  ["without the labels", aBotPod({ labels: { "app.kubernetes.io/name": "bootswain" } })],
  ["that has finished", aBotPod({ finished: true })],
])("a pod %s leaves like any other", (_, pod) => {
  expect(stepKinds(planned(drainOf([pod], { bots: someBots([]) })))).toEqual(["Evict"]);
});

test("a pod that a DaemonSet makes again at once stays as all of these do", () => {
  const controller = { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" };
  const daemonSets = new Map([["bootswain/ds", aDaemonSet({ namespace: "bootswain" })]]);
  const plan = planned(drainOf([aBotPod({ controller })], { daemonSets }));
  expect(nextPhase(plan)).toEqual(draining({ emptySince: NOW }));
});

describe("the leader's own pod", () => {
  const self = { self: "bootswain-1" };
  const third = aBotPod({ name: "bootswain-3" });

  test("is not evicted: the lease is handed over first", () => {
    expect(planned(drainOf([MINE], { bots: self })).steps).toEqual([
      { kind: "HandOver", node: "worker-1", order: ORDER },
    ]);
  });

  test.each([
    ["another pod", aPod(), "web-1"],
    ["another one of the bot's own", third, "bootswain-3"],
  ])("keeps the lease while %s is still to go", (_, pod, evicted) => {
    const bots = someBots([MINE, OTHER, third], self);
    const { steps } = planned(drainOf([MINE, pod], { bots }));
    expect(steps.map((step) => (step.kind === "Evict" ? step.pod.name : step.kind))).toEqual([evicted]);
  });

  test("a hand-over of an earlier order is no reason to stay", () => {
    const plan = planned(drainOf([MINE], { bots: { ...self, handedOver: "earlier" } }));
    expect(stepKinds(plan)).toEqual(["HandOver"]);
  });

  test("stays if it lost its labels and nobody else has them", () => {
    const plan = planned(drainOf([aBotPod({ labels: {} })], { bots: someBots([], self) }));
    expect(nextPhase(plan)).toEqual(draining({ emptySince: NOW }));
  });

  test("another replica that leads evicts it", () => {
    const plan = planned(drainOf([MINE], { bots: { self: "bootswain-2" } }));
    expect(stepKinds(plan)).toEqual(["Evict"]);
  });
});
