import { isDeepStrictEqual } from "node:util";
import { type Instant, MINUTE, parseInstant, SECOND } from "../../core/instant.ts";
import { asObject, counts, isControlledBy, referenceTo, type Stored, stamp } from "../objects.ts";
import { graceOf, isActive, isFinished, isTerminating, phaseOf, podFrom } from "../pods.ts";
import { letGo, removePod } from "../removal.ts";
import { at, list, text } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { podTemplate } from "./pod-template-of.ts";

const ACTOR = "job-controller";
/** Keeps a pod of a Job until it was counted (pkg/controller/job). */
const TRACKING = "batch.kubernetes.io/job-tracking";

interface Ending {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

const DONE: Ending = {
  type: "Complete",
  reason: "CompletionsReached",
  message: "Reached expected number of succeeded pods",
};
const TOO_LATE: Ending = {
  type: "Failed",
  reason: "DeadlineExceeded",
  message: "Job was active longer than specified deadline",
};
const TOO_OFTEN: Ending = {
  type: "Failed",
  reason: "BackoffLimitExceeded",
  message: "Job has reached the specified backoff limit",
};

/** Runs one pod at a time until one succeeds, too many failed, or the deadline is over (pkg/controller/job). */
export class JobController {
  readonly #parts: ControllerParts;
  readonly #loop: Loop;
  readonly #failedAt = new Map<string, Instant>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#loop = new Loop(parts, () => this.#reconcile());
    this.#loop.on("jobs", "pods");
  }

  #reconcile(): void {
    for (const job of this.#parts.store.all("jobs")) {
      if (text(at(job, "status", "startTime")) === "") this.#start(job);
      else if (!isEnded(job)) this.#run(this.#count(job));
    }
  }

  #start(job: Stored): void {
    const { store, clock } = this.#parts;
    store.put(ACTOR, "jobs", { ...job, status: { startTime: stamp(clock.now()) } });
    const deadline = Number(at(job, "spec", "activeDeadlineSeconds") ?? 0);
    if (deadline > 0) clock.after((deadline + 1) * SECOND, () => this.#loop.wake());
  }

  /** Each pod is counted once, by its finalizer: one that is deleted before it succeeded has failed. */
  #count(job: Stored): Stored {
    const { store, clock } = this.#parts;
    const ended = this.#podsOf(job).filter(
      (pod) => !isActive(pod) && pod.metadata.finalizers?.includes(TRACKING) === true,
    );
    if (ended.length === 0) return job;
    const succeeded = ended.filter((pod) => phaseOf(pod) === "Succeeded").length;
    const total = (key: string, more: number): number => Number(at(job, "status", key) ?? 0) + more;
    const status = counts({
      succeeded: total("succeeded", succeeded),
      failed: total("failed", ended.length - succeeded),
    });
    if (ended.length > succeeded) this.#failedAt.set(job.metadata.uid, clock.now());
    for (const pod of ended) letGo(store, ACTOR, pod, TRACKING);
    return store.put(ACTOR, "jobs", { ...job, status: { ...asObject(job.status), ...status } });
  }

  #run(job: Stored): void {
    const { store, clock } = this.#parts;
    const alive = this.#podsOf(job).filter((pod) => !isFinished(pod));
    const ending = this.#endingOf(job);
    if (ending !== null) {
      const left = alive.filter((pod) => !isTerminating(pod));
      for (const pod of left) removePod(store, pod, { actor: ACTOR, now: clock.now(), graceSeconds: graceOf(pod) });
      this.#end(job, ending, alive.length === 0);
    } else if (!alive.some(isActive)) this.#addPod(job);
  }

  #endingOf({ spec, status }: Stored): Ending | null {
    const decided = list(at(status, "conditions")).find((one) => at(one, "type") === "FailureTarget");
    if (decided !== undefined) return at(decided, "reason") === TOO_LATE.reason ? TOO_LATE : TOO_OFTEN;
    if (Number(at(status, "succeeded") ?? 0) > 0) return DONE;
    if (Number(at(status, "failed") ?? 0) > Number(at(spec, "backoffLimit") ?? 6)) return TOO_OFTEN;
    const startedAt = parseInstant(text(at(status, "startTime"))) ?? 0;
    const deadline = Number(at(spec, "activeDeadlineSeconds") ?? Number.POSITIVE_INFINITY);
    return this.#parts.clock.now() >= startedAt + deadline * SECOND ? TOO_LATE : null;
  }

  /** It is decided at once, and over only when its last pod is. */
  #end(job: Stored, { type, reason, message }: Ending, isOver: boolean): void {
    const { store, clock } = this.#parts;
    const condition = (one: string): object => ({ type: one, status: "True", reason, message });
    const decided = condition(type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget");
    const conditions = isOver ? [decided, condition(type)] : [decided];
    const completed = isOver && type === "Complete" ? { completionTime: stamp(clock.now()) } : {};
    const status = { ...asObject(job.status), ...completed, conditions };
    if (!isDeepStrictEqual(status, job.status)) store.put(ACTOR, "jobs", { ...job, status });
  }

  #podsOf(job: Stored): readonly Stored[] {
    return this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, job));
  }

  /** After a failure it waits, ever longer. */
  #addPod(job: Stored): void {
    const { store, clock, random } = this.#parts;
    const failed = Number(at(job, "status", "failed") ?? 0);
    const wait = failed === 0 ? 0 : Math.min(6 * MINUTE, 10 * SECOND * 2 ** (failed - 1));
    const due = (this.#failedAt.get(job.metadata.uid) ?? 0) + wait;
    if (due > clock.now()) {
      clock.after(due - clock.now(), () => this.#loop.wake());
      return;
    }
    const { name, namespace = "" } = job.metadata;
    const { metadata, spec } = podTemplate(job);
    const labels = { ...asObject(at(metadata, "labels")), "batch.kubernetes.io/job-name": name, "job-name": name };
    const template = { metadata: { ...metadata, labels, finalizers: [TRACKING] }, spec };
    const place = { namespace, name: `${name}-${random.uuid().slice(0, 5)}`, owner: referenceTo(job) };
    store.put(ACTOR, "pods", podFrom(template, place));
  }
}

const isEnded = (job: Stored): boolean =>
  list(at(job, "status", "conditions")).some(
    (one) => ["Complete", "Failed"].includes(text(at(one, "type"))) && at(one, "status") === "True",
  );
