import { shortHash } from "../fleet/order.ts";
import type { Refusal } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import type { WantedJob } from "../fleet/wanted-job.ts";
import { formatDuration, type Instant } from "../instant.ts";
import type { PodRule } from "../policy/policy.ts";
import type { Drainage } from "./drainage.ts";
import { ruledOut } from "./ruled-out.ts";
import { ruleFor } from "./rules.ts";

type Standing =
  | { readonly kind: "done" | "due" }
  | { readonly kind: "running"; readonly until: Instant }
  | { readonly kind: "failed"; readonly why: string };

/** The Job that must succeed before the pods of the pod's rule leave. */
export function beforeJobOf(pod: Pod, { order, sieve }: Pick<Drainage, "order" | "sieve">): WantedJob | null {
  const rule = ruleFor(pod, sieve.drain);
  if (rule.before === null || pod.finished) return null;
  const [namespace = "", cronJob = ""] = rule.before.cronJob.split("/");
  return {
    ...rule.before,
    namespace,
    name: `${cronJob.slice(0, 40)}-${shortHash([order, indexOf(rule, sieve.drain.pods)])}`,
    place: "anywhere",
  };
}

const indexOf = (rule: PodRule, rules: readonly PodRule[]): string => String(rules.indexOf(rule));

export function standingOfJob(job: WantedJob, { snapshot, sieve }: Drainage): Standing {
  const known = snapshot.jobs.get(`${job.namespace}/${job.name}`);
  if (known === undefined) return { kind: "due" };
  if (known.state === "succeeded") return { kind: "done" };
  if (known.state === "failed") return { kind: "failed", why: known.message };
  const until = known.startedAt + job.timeout;
  if (sieve.now < until) return { kind: "running", until };
  return { kind: "failed", why: `it did not end within ${formatDuration(job.timeout)}` };
}

/** Without its Job a pod may not leave: the try ends, and the next one, under another order, runs the Job again. */
export function failedBefore(pod: Pod, drainage: Drainage): Refusal | null {
  const job = beforeJobOf(pod, drainage);
  if (job === null) return null;
  const standing = standingOfJob(job, drainage);
  if (standing.kind !== "failed") return null;
  const says = `${pod.namespace}/${pod.name} must not leave before Job ${job.namespace}/${job.name} (of ${job.cronJob}), and that failed: ${standing.why}.`;
  const command = `kubectl -n ${job.namespace} logs job/${job.name}`;
  const told = {
    verdict: "clears by itself",
    cause: "before job",
    says,
    fixes: [{ says: "see why", command }],
  } as const;
  return ruledOut(pod, "before", told, drainage.sieve.now);
}
