import type { Lease } from "../coordinator/ports.ts";
import type { Step } from "../core/step.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Performed } from "./perform.ts";
import { jobOf } from "./resources/job.ts";

interface JobParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** Makes the Job under the one name that its order and rule have: twice is once. What can't be made has failed. */
export async function startJob(parts: JobParts, lease: Lease, step: Step & { kind: "StartJob" }): Promise<Performed> {
  const { job, node, order, pool, pods } = step;
  const { namespace, name, timeout, place } = job;
  const [, cronJob = ""] = job.cronJob.split("/");
  const failed = (why: string): Performed => {
    const startedAt = parts.clock.now();
    parts.mirrors.recordJob({ namespace, name, order, startedAt, state: "failed", message: why });
    return "done";
  };
  const read = await fencedCall(parts, lease, { verb: "get", resource: "cronjobs", namespace, name: cronJob });
  if (read.kind === "unanswered" || read.code >= 500) return "retry";
  if (read.code !== 200) return failed(`CronJob ${job.cronJob} can't be read (${read.code} ${messageOf(read.body)})`);
  const object = jobOf(read.body, { name, node, order, pool, pods, timeout, place });
  if (typeof object === "string") return failed(`of CronJob ${job.cronJob} no Job can be made: ${object}`);
  const made = await fencedCall(parts, lease, { verb: "create", resource: "jobs", namespace, object });
  if (made.kind === "answered" && made.code === 201) {
    parts.mirrors.put("jobs", made.body);
    return "done";
  }
  if (made.kind === "answered" && [400, 403, 422].includes(made.code))
    return failed(`the Job was refused (${made.code} ${messageOf(made.body)})`);
  const again = await fencedCall(parts, lease, { verb: "get", resource: "jobs", namespace, name });
  if (again.kind === "answered" && again.code === 200) {
    parts.mirrors.put("jobs", again.body);
    return "done";
  }
  return "retry";
}
