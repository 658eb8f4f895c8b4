import { describe, expect, test } from "vitest";
import { HOOK_STAGES, type HookRun, type HookStage } from "../fleet/hook-run.ts";
import type { Job } from "../fleet/job.ts";
import { HOUR, MINUTE } from "../instant.ts";
import type { Hook } from "../policy/policy.ts";
import { aReboot, type Parts, planned, stepKinds } from "../testing/builders.ts";
import { aHook, aJob, aRun, dueAt, jobNameOf, jobsOf, withHooks } from "../testing/hooks.ts";
import { NOW } from "../testing/now.ts";
import { aFleet, nextRecord, ORDER, stepOf } from "../testing/phases.ts";

/** The plan where a stage is due, with what is on record of its hooks, and the Jobs that are seen. */
const at = (
  stage: HookStage,
  { runs = [], jobs = [], logs = {}, hooks = [aHook()] }: Partial<Given> = {},
  parts: Parts = {},
) =>
  planned(
    dueAt(stage, { reboot: { hooks: runs }, jobs: jobsOf(...jobs), jobLogs: new Map(Object.entries(logs)), ...parts }),
    withHooks({ [stage]: hooks }),
  );

interface Given {
  readonly runs: readonly HookRun[];
  readonly jobs: readonly Job[];
  readonly logs: Readonly<Record<string, readonly string[]>>;
  readonly hooks: readonly Hook[];
}

const jobAt = (stage: HookStage, changes: Partial<Job> = {}) => aJob({ name: jobNameOf(stage), ...changes });
const logOf = (stage: HookStage, ...lines: readonly string[]) => ({ [`ops/${jobNameOf(stage)}`]: lines });

describe.each(HOOK_STAGES)("a hook %s", (stage) => {
  test("is a Job of its CronJob, under a name that its order and stage make", () => {
    expect(at(stage).steps).toEqual([
      {
        kind: "StartJob",
        node: "worker-1",
        order: ORDER,
        pool: "workers",
        job: {
          cronJob: "ops/snapshot",
          namespace: "ops",
          name: jobNameOf(stage),
          timeout: 10 * MINUTE,
          place: "elsewhere",
        },
        pods: [],
      },
    ]);
  });

  test("runs on the node where the policy says so", () => {
    expect(stepOf(at(stage, { hooks: [aHook({ onNode: true })] }), "StartJob")?.job.place).toBe("on the node");
  });

  test("is on record from when its Job is seen, before anything else is done", () => {
    const plan = at(stage, { jobs: [jobAt(stage)] });
    expect(stepKinds(plan)).toEqual(["SetPhase"]);
    expect(nextRecord(plan)?.hooks).toEqual([aRun(stage)]);
    expect(nextRecord(plan)?.history.at(-1)?.says).toBe(`runs hook snapshot (Job ops/${jobNameOf(stage)})`);
  });

  test("is waited for until its timeout, and no longer", () => {
    const plan = at(stage, { runs: [aRun(stage)], jobs: [jobAt(stage)] });
    expect(plan.steps).toEqual([]);
    expect(plan.wakeAt).toBe(NOW + 9 * MINUTE);
    const startedAt = NOW - 10 * MINUTE;
    const late = at(stage, { runs: [aRun(stage, { startedAt })], jobs: [jobAt(stage)], logs: logOf(stage) });
    expect(nextRecord(late)?.hooks).toMatchObject([
      { state: "failed", message: "it did not end within 10 min", endedAt: NOW },
    ]);
  });

  test("is never made again: a Job on record that is not to be seen is read", () => {
    const plan = at(stage, { runs: [aRun(stage)] });
    expect(plan.steps).toEqual([{ kind: "ReadJob", node: "worker-1", namespace: "ops", name: jobNameOf(stage) }]);
  });

  test("has its log read once it has ended, before that is on record", () => {
    const plan = at(stage, { runs: [aRun(stage)], jobs: [jobAt(stage, { state: "succeeded" })] });
    expect(plan.steps).toEqual([{ kind: "ReadJobLog", node: "worker-1", namespace: "ops", name: jobNameOf(stage) }]);
  });

  test.each<[string, Partial<Job>, Partial<HookRun>, string]>([
    [
      "that it succeeded",
      { state: "succeeded", message: "of no interest" },
      { state: "succeeded", message: "" },
      "hook snapshot succeeded",
    ],
    [
      "that it failed, and why",
      { state: "failed", message: "BackoffLimitExceeded" },
      { state: "failed", message: "BackoffLimitExceeded" },
      "hook snapshot failed: BackoffLimitExceeded",
    ],
  ])("leaves on record %s, with its last lines", (_, job, run, says) => {
    const given = { runs: [aRun(stage)], jobs: [jobAt(stage, job)], logs: logOf(stage, "line 1", "line 2") };
    const record = nextRecord(at(stage, given));
    expect(record?.hooks).toEqual([aRun(stage, { ...run, endedAt: NOW, log: ["line 1", "line 2"] })]);
    expect(record?.history.at(-1)?.says).toBe(says);
  });

  test("that succeeded too late has succeeded all the same", () => {
    const runs = [aRun(stage, { startedAt: NOW - HOUR })];
    const given = { runs, jobs: [jobAt(stage, { state: "succeeded" })], logs: logOf(stage) };
    expect(nextRecord(at(stage, given))?.hooks).toMatchObject([{ state: "succeeded" }]);
  });

  const done = aRun(stage, { state: "succeeded", endedAt: NOW - HOUR });
  const second = aHook({ name: "announce", cronJob: "ops/announce" });

  test("is followed by the next one of the policy, once it has ended and not before", () => {
    const hooks = [aHook(), second];
    const startedJob = (given: Partial<Given>) => stepOf(at(stage, { hooks, ...given }), "StartJob")?.job.cronJob;
    expect(startedJob({})).toBe("ops/snapshot");
    expect(startedJob({ runs: [aRun(stage)], jobs: [jobAt(stage)] })).toBeUndefined();
    expect(startedJob({ runs: [done] })).toBe("ops/announce");
  });

  const next = { beforeDrain: "SetPhase", beforeReboot: "GiveOrder", afterReboot: "Uncordon" } as const;
  test("is done once: after the last one it goes on", () => {
    expect(stepKinds(at(stage, { runs: [done] }))).toEqual([next[stage]]);
  });

  test("of that name at another stage is another one", () => {
    const others = HOOK_STAGES.filter((one) => one !== stage).map((one) => ({ ...done, stage: one }));
    expect(stepOf(at(stage, { runs: others }), "StartJob")?.job.name).toBe(jobNameOf(stage));
    expect(new Set(HOOK_STAGES.map((one) => jobNameOf(one))).size).toBe(HOOK_STAGES.length);
  });

  test("that is in the policy no more is not waited for", () => {
    expect(stepKinds(at(stage, { runs: [aRun(stage)], jobs: [jobAt(stage)], hooks: [] }))).toEqual([next[stage]]);
  });
});

test("a CronJob's long name is cut, so that the Job's is one", () => {
  const hooks = [aHook({ cronJob: `ops/${"x".repeat(52)}` })];
  const name = stepOf(at("beforeDrain", { hooks }), "StartJob")?.job.name;
  expect(name).toMatch(/^x{40}-[0-9a-f]{16}$/);
});

test("two hooks of one CronJob are two Jobs", () => {
  const again = aHook({ name: "once more" });
  const done = aRun("beforeDrain", { state: "succeeded", endedAt: NOW });
  const name = stepOf(at("beforeDrain", { hooks: [aHook(), again], runs: [done] }), "StartJob")?.job.name;
  expect(name).toBe(jobNameOf("beforeDrain", again));
  expect(name).not.toBe(done.job);
});

test("what ran for the order before is forgotten when a new one begins", () => {
  const failed = aRun("beforeDrain", { state: "failed", endedAt: NOW - HOUR });
  const plan = planned({ fleet: aFleet([ORDER]), reboots: [aReboot({ hooks: [failed] })] });
  expect(nextRecord(plan)).toMatchObject({ phase: { kind: "preparing" }, hooks: [] });
});
