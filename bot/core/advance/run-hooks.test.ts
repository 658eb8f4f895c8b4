import { describe, expect, test } from "vitest";
import { HOOK_STAGES, type HookRun, type HookStage } from "../fleet/hook-run.ts";
import { HOUR, MINUTE, SECOND } from "../instant.ts";
import type { Hook } from "../policy/policy.ts";
import { aLine, aNode, aReport, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { aHook, aJob, aRun, dueAt, jobNameOf, jobsOf, withHooks } from "../testing/hooks.ts";
import { NOW } from "../testing/now.ts";
import {
  aFleet,
  nextPhase,
  nextRecord,
  ORDER,
  type RecordChanges,
  reporting,
  stepOf,
  underWay,
  verifying,
} from "../testing/phases.ts";

const message = "BackoffLimitExceeded";
const failedRun = (stage: HookStage) => aRun(stage, { state: "failed", endedAt: NOW, message });
const ended = (stage: HookStage, onFailure: Hook["onFailure"], parts: Parts & RecordChanges = {}) =>
  planned(
    dueAt(stage, { reboot: { hooks: [failedRun(stage)] }, ...parts }),
    withHooks({ [stage]: [aHook({ onFailure })] }),
  );

describe("a hook that failed", () => {
  test.each(["beforeDrain", "beforeReboot"] as const)("%s, with onFailure yield: the node steps aside", (stage) => {
    const why = { kind: "hook failed", hook: "snapshot", says: message };
    expect(nextRecord(ended(stage, "yield"))).toMatchObject({
      phase: { kind: "yielding", notAfter: null, mayBeCordoned: stage === "beforeReboot", why },
      outcome: { kind: "yielded", why },
      tries: 1,
      retryAt: NOW + 30 * MINUTE,
    });
  });

  test.each<[HookStage, Hook["onFailure"], boolean]>([
    ["beforeDrain", "fail", true],
    ["beforeReboot", "fail", false],
    ["afterReboot", "fail", false],
    ["afterReboot", "yield", false],
  ])(
    "%s, with onFailure %s: the node has failed; it keeps no slot if it was not cordoned: %s",
    (stage, onFailure, freed) => {
      const plan = ended(stage, onFailure);
      expect(nextPhase(plan)).toEqual({
        kind: "failed",
        order: ORDER,
        fromBootId: "boot-1",
        notAfter: NOW,
        since: NOW,
        cause: { kind: "hook failed", stage, hook: "snapshot", what: message },
        freed,
      });
      expect(stepOf(plan, "SetPhase")?.says).toBe(`failed: hook snapshot failed: ${message}`);
    },
  );

  test.each(HOOK_STAGES)("%s, with onFailure continue: it goes on", (stage) => {
    const next = { beforeDrain: "SetPhase", beforeReboot: "GiveOrder", afterReboot: "Uncordon" } as const;
    const reboot = { hooks: [{ ...failedRun(stage), endedAt: NOW - HOUR }] };
    expect(stepKinds(ended(stage, "continue", { reboot }))).toEqual([next[stage]]);
  });
});

describe("while a hook runs", () => {
  const jobs = (stage: HookStage) => jobsOf(aJob({ name: jobNameOf(stage) }));
  const running = (stage: HookStage, parts: Parts & RecordChanges = {}) =>
    planned(
      dueAt(stage, { reboot: { hooks: [aRun(stage)] }, jobs: jobs(stage), ...parts }),
      withHooks({ [stage]: [aHook()] }),
    );

  test.each(["beforeDrain", "beforeReboot"] as const)("%s, people can still stop it", (stage) => {
    const paused = { ...aFleet([ORDER]), paused: { by: "ana", reason: "" } };
    expect(nextPhase(running(stage, { fleet: paused }))).toMatchObject({ kind: "yielding", why: { kind: "paused" } });
  });

  test("before the drain, the handshake is over and has no end any more", () => {
    const parts = underWay(
      { kind: "preparing", order: ORDER, fromBootId: "boot-1", since: NOW - HOUR },
      {
        reports: reporting({ ready: NOW - HOUR }),
        reboot: { hooks: [aRun("beforeDrain")] },
        jobs: jobs("beforeDrain"),
      },
    );
    expect(planned(parts, withHooks({ beforeDrain: [aHook()] })).steps).toEqual([]);
  });

  test("before the drain, an agent that drops its promise is taken at its word", () => {
    const reports = reporting({ ready: NOW - MINUTE, dropped: NOW, message: "an inhibitor" });
    expect(nextPhase(running("beforeDrain", { reports }))).toMatchObject({ why: { kind: "agent dropped" } });
  });

  test("after the reboot, the node takes no pods again", () => {
    expect(running("afterReboot").steps).toEqual([]);
  });

  test("after the reboot, no hook is begun on a node that is not well", () => {
    const nodes = [aNode({ bootId: "boot-2", ready: false, cordon: { kind: "ours", order: ORDER } })];
    const plan = planned(dueAt("afterReboot", { nodes }), withHooks({ afterReboot: [aHook()] }));
    expect(plan.steps).toEqual([]);
  });
});

describe("reboot.delay", () => {
  const hooks = (endedAt: number): readonly HookRun[] => [aRun("beforeReboot", { state: "succeeded", endedAt })];
  const plan = (endedAt: number) =>
    planned(dueAt("beforeReboot", { reboot: { hooks: hooks(endedAt) } }), withHooks({ beforeReboot: [aHook()] }));

  test("is counted from the end of the last hook before the reboot", () => {
    const early = plan(NOW - 90 * SECOND + 1);
    expect(early.steps).toEqual([]);
    expect(early.wakeAt).toBe(NOW + 1);
    expect(stepKinds(plan(NOW - 90 * SECOND))).toEqual(["GiveOrder"]);
  });

  test("is counted from when the node was empty where none ran for that", () => {
    const before = aRun("beforeDrain", { state: "succeeded", endedAt: NOW });
    expect(stepKinds(planned(dueAt("beforeReboot", { reboot: { hooks: [before] } })))).toEqual(["GiveOrder"]);
  });
});

describe("verify.atMost", () => {
  const notReady = [aNode({ bootId: "boot-2", ready: false, cordon: { kind: "ours", order: ORDER } })];
  const verified = (hooks: readonly HookRun[], since: number) =>
    planned(
      underWay(verifying({ since }), {
        nodes: notReady,
        reports: [aReport({ bootId: "boot-2" })],
        podsListedFor: ORDER,
        reboot: { hooks },
      }),
      withHooks({ afterReboot: [aHook(), aHook({ name: "second", timeout: HOUR })] }),
    );

  test.each<[string, readonly HookRun[], number]>([
    ["is as ever before any hook was begun", [], 15 * MINUTE],
    ["is longer by the timeout of each that ran", [aRun("afterReboot")], 25 * MINUTE],
    ["is no longer for hooks before the reboot", [aRun("beforeDrain")], 15 * MINUTE],
  ])("%s", (_, hooks, atMost) => {
    expect(verified(hooks, NOW - atMost + 1).steps).toEqual([]);
    expect(verified(hooks, NOW - atMost + 1).wakeAt).toBe(NOW + 1);
    expect(nextPhase(verified(hooks, NOW - atMost))).toMatchObject({ kind: "failed" });
  });
});

test("how long a reboot took is counted from its slot, the time of its hooks included", () => {
  const history = [
    aLine({ at: NOW - 2 * HOUR, order: "earlier" }),
    aLine({ at: NOW - HOUR, phase: "preparing", order: ORDER }),
    aLine({ at: NOW - 30 * MINUTE, phase: "preparing", order: ORDER, says: "hook snapshot succeeded" }),
  ];
  const parts = underWay(verifying({ soakingSince: NOW - 2 * MINUTE }), {
    nodes: [aNode({ bootId: "boot-2", cordon: { kind: "none", liftedFor: ORDER } })],
    reports: [aReport({ bootId: "boot-2", pending: null })],
    podsListedFor: ORDER,
    reboot: { history },
  });
  expect(nextRecord(planned(parts))?.outcome).toMatchObject({ kind: "rebooted", took: HOUR });
});
