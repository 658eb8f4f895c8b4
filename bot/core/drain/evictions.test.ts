import { describe, expect, test } from "vitest";
import type { Job } from "../fleet/job.ts";
import type { Pod } from "../fleet/pod.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { DrainSettings, PodRule } from "../policy/policy.ts";
import { type Parts, planned } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, ORDER, stepOf, underWay } from "../testing/phases.ts";
import { aBudget, aCheck, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const policy = (drain: Partial<DrainSettings>) =>
  aPolicy({ pools: [aPool({ drain: { ...aPool().drain, ...drain } })] });
const drained = (parts: Parts, drain: Partial<DrainSettings> = {}, phase = draining()) =>
  planned(underWay(phase, { podsListedFor: ORDER, ...parts }), { policy: policy(drain) });
const evicted = (plan: ReturnType<typeof drained>) =>
  plan.steps.flatMap((step) => (step.kind === "Evict" ? [step.pod.name] : []));
const rule = (changes: Partial<PodRule>): PodRule => ({
  match: { namespace: null, matchLabels: { app: "batch" } },
  action: "evict",
  order: 0,
  before: null,
  atMost: null,
  ...changes,
});
const batch = (changes: Partial<Pod> = {}) => aPod({ name: "batch-1", labels: { app: "batch" }, ...changes });

describe("how many and who", () => {
  const many = Array.from({ length: 40 }, (_, index) => aPod({ name: `web-${String(index).padStart(2, "0")}` }));

  test("16 are in flight at once", () => {
    expect(evicted(drained({ pods: many }))).toHaveLength(16);
    const inFlight = many.slice(0, 10).map(({ uid }) => `pod/${uid}`);
    const parts = underWay(draining(), { podsListedFor: ORDER, pods: many });
    expect(planned(parts, { inFlight }).steps.filter(({ kind }) => kind === "Evict")).toHaveLength(6);
  });

  test("pods that a budget refuses hold no place: the others of their tier are asked meanwhile", () => {
    const closed = many.slice(0, 20);
    const evictions = closed.map(({ uid }) => anAnswer({ podUid: uid, retryAt: NOW + SECOND }));
    const refused = closed.map(({ uid, name }) => aRefusal({ podUid: uid, pod: name }));
    const parts = { pods: many, budgets: [aBudget()], evictions };
    expect(evicted(drained(parts, {}, draining({ refused })))).toEqual(many.slice(20, 36).map(({ name }) => name));
  });

  test("those that the look after the cordon was refused are asked first, and nothing else moves for them", () => {
    const check = aCheck({ order: ORDER, answers: new Map([["uid-web-07", anAnswer({ podUid: "uid-web-07" })]]) });
    expect(evicted(drained({ pods: many, checks: new Map([["worker-1", check]]) }))).toEqual(["web-07"]);
    const gone = many.filter(({ name }) => name !== "web-07");
    expect(evicted(drained({ pods: gone, checks: new Map([["worker-1", check]]) }))).toHaveLength(16);
  });
});

describe("when a refused pod is asked again", () => {
  /** The record shows the budget as it is now: only then is anything asked. */
  const asked = (changes: Parameters<typeof anAnswer>[0], budget = aBudget()) => {
    const { kind = "refused" } = changes ?? {};
    const refused = [aRefusal({ kind: kind === "misconfigured" ? "several budgets" : "budget", budgets: [budget] })];
    const parts = { pods: [aPod()], budgets: [budget], evictions: [anAnswer(changes)] };
    return evicted(drained(parts, {}, draining({ refused, onlyRefusedSince: NOW })));
  };

  test.each<[string, Parameters<typeof anAnswer>[0], ReturnType<typeof aBudget>, readonly string[]]>([
    ["not while nothing changed", {}, aBudget(), []],
    ["after a while", { retryAt: NOW }, aBudget(), ["web-1"]],
    ["at once when its budget allows one now", {}, aBudget({ disruptionsAllowed: 1, currentHealthy: 2 }), ["web-1"]],
    ["not when its budget changed and allows none", {}, aBudget({ desiredHealthy: 2 }), []],
    ["not before its changed budget was judged", {}, aBudget({ generation: 2, disruptionsAllowed: 1 }), []],
    ["two budgets on one pod are retried slowly", { kind: "misconfigured" }, aBudget(), []],
  ])("%s", (_, answer, budget, expected) => {
    expect(asked(answer, budget)).toEqual(expected);
  });
});

describe("waitUntilFinished", () => {
  const waits = rule({ action: "waitUntilFinished", atMost: 2 * HOUR });

  test("a pod is left alone until it has finished, and the node does not count as blocked", () => {
    const plan = drained({ pods: [batch()] }, { pods: [waits] });
    expect([evicted(plan), nextPhase(plan)]).toEqual([[], undefined]);
  });

  test("then it goes", () => {
    expect(evicted(drained({ pods: [batch({ finished: true })] }, { pods: [waits] }))).toEqual(["batch-1"]);
  });

  test("after atMost it is evicted", () => {
    const plan = drained({ pods: [batch()] }, { pods: [waits] }, draining({ since: NOW - 2 * HOUR }));
    expect(evicted(plan)).toEqual(["batch-1"]);
  });

  test("without an end the try is given up like any other that only waits", () => {
    const plan = drained({ pods: [batch()] }, { pods: [rule({ action: "waitUntilFinished" })] });
    expect(nextPhase(plan)).toMatchObject({ onlyRefusedSince: NOW, refused: [{ kind: "running", pod: "batch-1" }] });
  });

  test("pods of a later order wait for it", () => {
    expect(evicted(drained({ pods: [batch(), aPod()] }, { pods: [{ ...waits, order: -1 }] }))).toEqual([]);
  });
});

describe("a Job before pods leave", () => {
  const before = { cronJob: "db/switch-primary", timeout: 5 * MINUTE };
  const rules = [rule({ before })];
  const start = stepOf(
    drained({ pods: [batch(), batch({ name: "batch-2", uid: "2" }), aPod()] }, { pods: rules }),
    "StartJob",
  );
  const name = start?.job.name ?? "";
  const job = (changes: Partial<Job>): Parts => ({
    pods: [batch()],
    jobs: new Map([
      [
        `db/${name}`,
        { namespace: "db", name, order: ORDER, startedAt: NOW - MINUTE, state: "running", message: "", ...changes },
      ],
    ]),
  });

  test("it is started once for all pods of the rule, which are named to it, while others leave", () => {
    expect(start).toMatchObject({
      node: "worker-1",
      order: ORDER,
      pool: "workers",
      job: { ...before, namespace: "db", name: expect.stringMatching(/^switch-primary-[0-9a-f]{16}$/) },
      pods: ["web/batch-1", "web/batch-2"],
    });
    expect(evicted(drained({ pods: [batch(), aPod()] }, { pods: rules }))).toEqual(["web-1"]);
  });

  test.each<[string, Partial<Job>, readonly string[]]>([
    ["while it runs they stay", {}, []],
    ["when it has succeeded they go", { state: "succeeded" }, ["batch-1"]],
  ])("%s", (_, state, expected) => {
    expect(evicted(drained(job(state), { pods: rules }))).toEqual(expected);
  });

  test.each<[string, Partial<Job>, string]>([
    ["failed", { state: "failed", message: "BackoffLimitExceeded" }, "failed: BackoffLimitExceeded."],
    ["does not end in time", { startedAt: NOW - 5 * MINUTE }, "failed: it did not end within 5 min."],
  ])("one that %s blocks the drain, and nothing is evicted", (_, state, says) => {
    const plan = drained(job(state), { pods: rules });
    expect(nextPhase(plan)).toMatchObject({
      refused: [{ kind: "before", diagnosis: { says: expect.stringContaining(says) } }],
    });
    expect(evicted(plan)).toEqual([]);
  });

  test("a finished pod needs none", () => {
    const plan = drained({ pods: [batch({ finished: true })] }, { pods: rules });
    expect([evicted(plan), stepOf(plan, "StartJob")]).toEqual([["batch-1"], undefined]);
  });
});

test.each<[string, Partial<Pod>, number | null, number | null]>([
  ["its own where the policy sets none", { graceSeconds: 300 }, null, null],
  ["at most the policy's", { graceSeconds: 300 }, MINUTE, 60],
  ["not more than its own", { graceSeconds: 30 }, MINUTE, 30],
  ["never none at all", { graceSeconds: 0 }, MINUTE, 1],
])("a pod's grace is %s", (_, pod, gracePeriod, graceSeconds) => {
  expect(stepOf(drained({ pods: [aPod(pod)] }, { gracePeriod }), "Evict")?.graceSeconds).toBe(graceSeconds);
});

test("what the policy protects stops a drain before the first eviction", () => {
  const plan = drained({ pods: [aPod(), aPod({ name: "naked", controller: null })] }, { unmanaged: "protect" });
  expect(nextPhase(plan)).toMatchObject({ onlyRefusedSince: NOW, refused: [{ kind: "protected", pod: "naked" }] });
  expect(evicted(plan)).toEqual([]);
});
