import type { HookRun, HookStage } from "../fleet/hook-run.ts";
import type { Job } from "../fleet/job.ts";
import type { OrderId } from "../fleet/node.ts";
import { shortHash } from "../fleet/order.ts";
import type { WantedJob } from "../fleet/wanted-job.ts";
import { formatDuration, type Instant } from "../instant.ts";
import { type Hook, POOL_DEFAULTS } from "../policy/policy.ts";
import type { Recorded } from "../situation.ts";
import type { Step } from "../step.ts";

/** How far the hooks of a stage are. They run one after the other, in the order of the policy. */
export type HookProgress =
  | { readonly kind: "done" }
  /** `until` is when the one that runs must have ended; null while something else is awaited. */
  | { readonly kind: "running"; readonly steps: readonly Step[]; readonly until: Instant | null }
  /** What was seen of one has to be put on record first. */
  | { readonly kind: "changed"; readonly runs: readonly HookRun[]; readonly says: string }
  | { readonly kind: "failed"; readonly run: HookRun; readonly onFailure: "yield" | "fail" };

const RUNNING = { kind: "running", steps: [], until: null } as const;

export function hooksOf(situation: Recorded, order: OrderId, stage: HookStage): HookProgress {
  for (const hook of (situation.pool ?? POOL_DEFAULTS).hooks[stage]) {
    const run = situation.reboot.hooks.find((one) => one.stage === stage && one.name === hook.name) ?? null;
    if (run === null) return begin(situation, order, { hook, stage });
    if (run.state === "running") return follow(situation, run, hook);
    if (run.state === "failed" && hook.onFailure !== "continue")
      return { kind: "failed", run, onFailure: hook.onFailure };
  }
  return { kind: "done" };
}

/** When the last hook of a stage ended; null where none ran. */
export function lastEnd(runs: readonly HookRun[], stage: HookStage): Instant | null {
  const ends = runs.flatMap((run) => (run.stage === stage && run.endedAt !== null ? [run.endedAt] : []));
  return ends.length === 0 ? null : Math.max(...ends);
}

interface Due {
  readonly hook: Hook;
  readonly stage: HookStage;
}

function begin(situation: Recorded, order: OrderId, due: Due): HookProgress {
  const { node, pool, snapshot, reboot } = situation;
  const job = wantedJob(order, due);
  const seen = snapshot.jobs.get(keyOf(job));
  if (seen === undefined) {
    const step = { kind: "StartJob", node: node.name, order, pool: pool?.name ?? "", job, pods: [] } as const;
    return { ...RUNNING, steps: [step] };
  }
  const { namespace, name, startedAt } = seen;
  const run: HookRun = {
    stage: due.stage,
    name: due.hook.name,
    namespace,
    job: name,
    state: "running",
    startedAt,
    endedAt: null,
    message: "",
    log: [],
  };
  const says = `runs hook ${due.hook.name} (Job ${namespace}/${name})`;
  return { kind: "changed", runs: [...reboot.hooks, run], says };
}

function wantedJob(order: OrderId, { hook, stage }: Due): WantedJob {
  const [namespace = "", cronJob = ""] = hook.cronJob.split("/");
  return {
    cronJob: hook.cronJob,
    namespace,
    name: `${cronJob.slice(0, 40)}-${shortHash([order, stage, hook.name])}`,
    timeout: hook.timeout,
    place: hook.onNode ? "on the node" : "elsewhere",
  };
}

function follow({ snapshot, node, now, reboot }: Recorded, run: HookRun, hook: Hook): HookProgress {
  const { namespace, job: name } = run;
  const job = snapshot.jobs.get(keyOf({ namespace, name }));
  if (job === undefined) return { ...RUNNING, steps: [{ kind: "ReadJob", node: node.name, namespace, name }] };
  const until = run.startedAt + hook.timeout;
  if (job.state === "running" && now < until) return { ...RUNNING, until };
  const log = snapshot.jobLogs.get(keyOf(job));
  if (log === undefined) return { ...RUNNING, steps: [{ kind: "ReadJobLog", node: node.name, namespace, name }] };
  const ended = { ...run, ...endOf(job, hook), endedAt: now, log };
  const runs = reboot.hooks.map((one) => (one === run ? ended : one));
  const says = ended.state === "failed" ? `hook ${run.name} failed: ${ended.message}` : `hook ${run.name} succeeded`;
  return { kind: "changed", runs, says };
}

function endOf({ state, message }: Job, hook: Hook): Pick<HookRun, "state" | "message"> {
  if (state === "succeeded") return { state, message: "" };
  const late = `it did not end within ${formatDuration(hook.timeout)}`;
  return { state: "failed", message: state === "failed" ? message : late };
}

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;
