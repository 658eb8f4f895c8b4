import { describe, expect, test } from "vitest";
import { type Move, moveKey } from "../fleet/move.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { DrainSettings, PodRule } from "../policy/policy.ts";
import {
  aDecision,
  aJudgement,
  aNode,
  aReboot,
  holdKinds,
  type Parts,
  planned,
  stepKinds,
} from "../testing/builders.ts";
import { judged } from "../testing/decisions.ts";
import { anEvidence, ofDeployment } from "../testing/evidence.ts";
import { NOW } from "../testing/now.ts";
import { draining, nextPhase, nextRecord, ORDER, stepOf, underWay, yielding } from "../testing/phases.ts";
import { aBudget, aCheck, anAnswer, aPod, aRefusal } from "../testing/pods.ts";
import { aPolicy, aPool } from "../testing/policies.ts";
import { diagnose } from "./diagnosis/diagnose.ts";

const deployment = { namespace: "web", name: "web", uid: "uid-web", restartedAt: null };
const aMove = (changes: Partial<Move> = {}): Move => ({
  order: ORDER,
  deployment,
  at: NOW - MINUTE,
  pods: ["uid-web-1"],
  state: "moving",
  ...changes,
});

const movable = diagnose(anEvidence());
const paused = diagnose(anEvidence({ workload: ofDeployment({ isPaused: true }) }));
const refusal = aRefusal({ diagnosis: movable });
const answer = anAnswer({ evidence: anEvidence() });
const asked = aDecision({ name: "move", verb: "move", judgement: aJudgement({ at: NOW - 1 }) });

const policy = (drain: Partial<DrainSettings> = { moveByRollout: true }) =>
  aPolicy({ pools: [aPool({ drain: { ...aPool().drain, ...drain } })] });

/** The look after the cordon was refused the one pod, which can be moved. */
const refusedAtFirst = (order: string | null = ORDER) =>
  new Map([
    [
      "worker-1",
      aCheck({
        order,
        pods: [aPod()],
        answers: new Map([["uid-web-1", answer]]),
        movable: new Map([["uid-web-1", deployment]]),
      }),
    ],
  ]);

const drainOf = (parts: Parts & { readonly reboot?: object } = {}, phase = draining()) =>
  underWay(phase, { podsListedFor: ORDER, budgets: [aBudget()], pods: [aPod()], checks: refusedAtFirst(), ...parts });

const rule: PodRule = {
  match: { namespace: "web", matchLabels: {} },
  action: "move",
  order: 0,
  before: null,
  atMost: null,
};

describe("before the slot", () => {
  const waiting: Parts = { budgets: [aBudget()], checks: refusedAtFirst(null) };

  test("a node is not held for a pod that the policy moves once it is cordoned", () => {
    expect(holdKinds(planned(waiting, { policy: policy() }))).toEqual([]);
  });

  test("nor for one that a rule moves", () => {
    expect(holdKinds(planned(waiting, { policy: policy({ pods: [rule] }) }))).toEqual([]);
  });

  const elsewhere = aReboot({ node: "worker-2", nodeUid: "uid-worker-2", moves: [aMove({ state: "moved" })] });
  test.each<[string, Parts, Partial<DrainSettings>]>([
    ["where the policy moves nothing", {}, { moveByRollout: false }],
    [
      "where it was moved already since the node waits",
      { nodes: [aNode(), aNode({ name: "worker-2" })], reboots: [aReboot(), elsewhere] },
      { moveByRollout: true },
    ],
  ])("it is held %s", (_, parts, drain) => {
    expect(holdKinds(planned({ ...waiting, ...parts }, { policy: policy(drain) }))).toEqual(["would be blocked"]);
  });
});

describe("in the drain", () => {
  test("the move is put on record before the Deployment is touched, and nothing is evicted", () => {
    const plan = planned(drainOf(), { policy: policy() });
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextRecord(plan)?.moves).toEqual([aMove({ at: NOW })]);
    expect(nextRecord(plan)?.history.at(-1)?.says).toBe(
      "restarts Deployment web/web, so that its pods come up elsewhere before they leave",
    );
  });

  test("then the Deployment is restarted, until it is known that it was", () => {
    const moving = drainOf({ reboot: { moves: [aMove()] } });
    const plan = planned(moving, { policy: policy() });
    expect(stepOf(plan, "RestartDeployment")).toEqual({ kind: "RestartDeployment", node: "worker-1", move: aMove() });
    expect(stepKinds(plan)).toEqual(["RestartDeployment"]);
    const moves = new Map([[moveKey(aMove()), { kind: "restarted" as const }]]);
    const then = planned({ ...moving, moves }, { policy: policy() });
    expect([then.steps, then.wakeAt]).toEqual([[], NOW + 14 * MINUTE]);
  });

  test("it does not count as blocked while the replacement comes up", () => {
    const phase = draining({ refused: [refusal], onlyRefusedSince: NOW - 14 * MINUTE });
    const plan = planned(drainOf({ reboot: { moves: [aMove()] } }, phase), { policy: policy() });
    expect(nextPhase(plan)).toMatchObject({ refused: [], onlyRefusedSince: null });
  });

  test("once its pods have left the move is over", () => {
    const plan = planned(drainOf({ pods: [], reboot: { moves: [aMove()] } }), { policy: policy() });
    expect(nextRecord(plan)?.moves).toEqual([aMove({ state: "moved" })]);
  });

  test("a replacement that isn't in time ends the try, and the restart is taken back", () => {
    const late = aMove({ at: NOW - 15 * MINUTE });
    const plan = planned(drainOf({ reboot: { moves: [late] } }), { policy: policy() });
    expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "blocked", refused: [{ pod: "web-1" }] } });
    expect(nextRecord(plan)?.moves).toEqual([{ ...late, state: "restoring" }]);
  });

  test("a pod that no budget holds is evicted when its move isn't in time", () => {
    const late = aMove({ at: NOW - 15 * MINUTE });
    const plan = planned(
      drainOf({ checks: new Map([["worker-1", aCheck({ order: ORDER })]]), reboot: { moves: [late] } }),
    );
    expect(nextRecord(plan)).toMatchObject({ phase: { kind: "draining" }, moves: [{ state: "restoring" }] });
    const then = planned(drainOf({ checks: new Map(), reboot: { moves: [{ ...late, state: "restoring" }] } }));
    expect(stepKinds(then)).toContain("RestoreDeployment");
  });

  test("one that could not be made leaves the pod as blocked as it was", () => {
    const moves = new Map([[moveKey(aMove()), { kind: "refused" as const, why: "403" }]]);
    const plan = planned(drainOf({ moves, reboot: { moves: [aMove()] } }), { policy: policy() });
    expect(nextRecord(plan)?.moves).toEqual([aMove({ state: "refused" })]);
    const then = planned(drainOf({ moves, reboot: { moves: [aMove({ state: "refused" })] } }), { policy: policy() });
    expect(stepKinds(then)).toEqual(["Evict"]);
  });

  test.each<[string, Parts & { readonly reboot?: object }, ReturnType<typeof draining>, Partial<PodRule>?]>([
    ["the policy moves nothing and nobody asked", {}, draining()],
    [
      "another pod can never go",
      { pods: [aPod(), aPod({ name: "db-1" })], decisions: [asked] },
      draining({
        refused: [refusal, aRefusal({ podUid: "uid-db-1", pod: "db-1", diagnosis: paused })],
        onlyRefusedSince: NOW,
      }),
    ],
    [
      "waiting helps",
      { decisions: [asked], checks: new Map([["worker-1", aCheck({ order: ORDER })]]) },
      draining({
        refused: [aRefusal({ diagnosis: { ...movable, verdict: "clears by itself" } })],
        onlyRefusedSince: NOW,
      }),
    ],
    [
      "a rule waits until the pod has finished",
      { decisions: [asked] },
      draining(),
      { action: "waitUntilFinished", atMost: HOUR },
    ],
    [
      "a Job must run before it leaves",
      { decisions: [asked] },
      draining(),
      { before: { cronJob: "db/switch", timeout: MINUTE } },
    ],
    [
      "it was tried for this order",
      { decisions: [asked], reboot: { moves: [aMove({ state: "refused" })] } },
      draining({ refused: [refusal], onlyRefusedSince: NOW }),
    ],
    [
      "a person's word was spent on an earlier try",
      {
        decisions: [asked],
        reboot: { outcome: { kind: "yielded", at: NOW, order: "o0", why: { kind: "blocked", refused: [refusal] } } },
      },
      draining({ refused: [refusal], onlyRefusedSince: NOW }),
    ],
  ])("nothing is moved when %s", (_, parts, phase, changes) => {
    const pods = changes === undefined ? [] : [{ ...rule, action: "evict" as const, ...changes }];
    expect(nextRecord(planned(drainOf(parts, phase), { policy: policy({ pods }) }))?.moves ?? []).not.toContainEqual(
      expect.objectContaining({ state: "moving" }),
    );
  });

  test("a person's word moves what the policy does not", () => {
    const plan = planned(drainOf({ decisions: [asked] }), { policy: policy({}) });
    expect(nextRecord(plan)?.moves).toEqual([aMove({ at: NOW })]);
  });
});

describe("afterwards", () => {
  const restoring = aMove({ state: "restoring" });

  test("the restart is taken back beside the yield, which does not wait for it", () => {
    const plan = planned(underWay(yielding(), { reboot: { moves: [restoring] } }));
    expect(stepKinds(plan)).toEqual(expect.arrayContaining(["Uncordon", "RestoreDeployment"]));
  });

  test("and that it was is on record once the node waits", () => {
    const moves = new Map([[moveKey(restoring), { kind: "restored" as const }]]);
    const plan = planned({ moves, reboots: [aReboot({ moves: [restoring] })], budgets: [] });
    expect(stepOf(plan, "RestoreDeployment")).toBeUndefined();
    const waits = planned({ moves, reboots: [aReboot({ moves: [restoring], retryAt: NOW + HOUR })], budgets: [] });
    expect(stepOf(waits, "RecordHolds")?.next.moves).toEqual([aMove({ state: "restored" })]);
  });
});

describe("a person asks for a move", () => {
  const held = (diagnosis: typeof movable) => ({ reboots: [aReboot({ blockers: [aRefusal({ diagnosis })] })] });

  test.each<[string, Parts, string, string]>([
    [
      "of what can be moved",
      held(movable),
      "counted",
      "Deployment web/web is restarted when it is the turn of worker-1, so that its pods come up elsewhere before they leave.",
    ],
    ["of what can't", held(paused), "refused", "web/web-1 can't be moved: its Deployment is paused."],
    [
      "where nothing is in the way",
      {},
      "refused",
      "Nothing stands in the way of worker-1 now, so there is nothing to move.",
    ],
  ])("%s", (_, parts, outcome, says) => {
    expect(judged({ verb: "move" }, parts)).toMatchObject({ outcome, says });
  });

  test("it lifts the hold for one try", () => {
    const reboots = [aReboot({ blockers: [refusal], blockedSince: NOW - HOUR })];
    const parts = { reboots, budgets: [aBudget()] };
    expect(holdKinds(planned(parts))).toEqual(["would be blocked"]);
    expect(holdKinds(planned({ ...parts, decisions: [asked] }))).toEqual([]);
  });
});
