import type { HookRun, HookStage } from "../fleet/hook-run.ts";
import type { Job } from "../fleet/job.ts";
import type { OrderId } from "../fleet/node.ts";
import { shortHash } from "../fleet/order.ts";
import { HOUR, MINUTE } from "../instant.ts";
import { type Hook, type Hooks, POOL_DEFAULTS } from "../policy/policy.ts";
import { aHookRun } from "./a-hook-run.ts";
import { aNode, aReport, type Parts } from "./builders.ts";
import { NOW } from "./now.ts";
import { draining, ORDER, preparing, type RecordChanges, reporting, underWay, verifying } from "./phases.ts";
import { aPolicy, aPool } from "./policies.ts";

export const aHook = (changes: Partial<Hook> = {}): Hook => ({
  name: "snapshot",
  cronJob: "ops/snapshot",
  timeout: 10 * MINUTE,
  onNode: false,
  onFailure: "yield",
  ...changes,
});

export const withHooks = (hooks: Partial<Hooks>) => ({
  policy: aPolicy({ pools: [aPool({ hooks: { ...POOL_DEFAULTS.hooks, ...hooks } })] }),
});

/** Under which a hook's Job is made for an order. */
export const jobNameOf = (stage: HookStage, { name, cronJob }: Hook = aHook(), order: OrderId = ORDER): string =>
  `${cronJob.split("/").at(-1)}-${shortHash([order, stage, name])}`;

export const aJob = (changes: Partial<Job> = {}): Job => ({
  namespace: "ops",
  name: jobNameOf("beforeDrain"),
  order: ORDER,
  startedAt: NOW - MINUTE,
  state: "running",
  message: "",
  ...changes,
});

export const jobsOf = (...jobs: readonly Job[]): ReadonlyMap<string, Job> =>
  new Map(jobs.map((job) => [`${job.namespace}/${job.name}`, job]));

/** A run of the default hook that began a minute ago and goes on. */
export const aRun = (stage: HookStage, changes: Partial<HookRun> = {}): HookRun =>
  aHookRun({
    stage,
    name: "snapshot",
    job: jobNameOf(stage),
    state: "running",
    startedAt: NOW - MINUTE,
    endedAt: null,
    ...changes,
  });

/** The default node where a stage's hooks are due, and nothing else is. */
export function dueAt(stage: HookStage, parts: Parts & RecordChanges = {}): Parts {
  switch (stage) {
    case "beforeDrain":
      return underWay(preparing(), { reports: reporting({ ready: NOW }), ...parts });
    case "beforeReboot":
      return underWay(draining({ emptySince: NOW - HOUR }), { podsListedFor: ORDER, ...parts });
    case "afterReboot":
      return underWay(verifying(), {
        nodes: [aNode({ bootId: "boot-2", cordon: { kind: "ours", order: ORDER } })],
        reports: [aReport({ bootId: "boot-2", pending: null })],
        podsListedFor: ORDER,
        ...parts,
      });
    default:
      return stage satisfies never;
  }
}
