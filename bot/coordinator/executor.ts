import type { Fleet, PolicyStatus } from "../core/fleet/fleet.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import { type UnderPolicy, underPolicy } from "../core/policy/under-policy.ts";
import { type Step, type StepKey, stepKey } from "../core/step.ts";
import { isSamePolicy } from "./policy-record.ts";
import type { Cluster, Election, Log } from "./ports.ts";

/** After that long a write that changed nothing is tried once more: it may have failed. */
const AGAIN: Duration = 10 * SECOND;

/** Runs steps side by side, at most one in flight a key, and never makes the loop wait. */
export class Executor {
  readonly #cluster: Cluster;
  readonly #election: Election;
  readonly #log: Log;
  readonly #done: () => void;
  readonly #running = new Map<StepKey, Promise<void>>();
  /** The version of RebootFleet that the policy was written against last. */
  #recorded: { readonly version: string; readonly status: PolicyStatus; readonly at: Instant } | null = null;

  constructor(cluster: Cluster, election: Election, log: Log, done: () => void) {
    this.#cluster = cluster;
    this.#election = election;
    this.#log = log;
    this.#done = done;
  }

  inFlight(): ReadonlySet<StepKey> {
    return new Set(this.#running.keys());
  }

  /** `under` is the policy that they were decided under: it is in the line of the log for each. */
  run(steps: readonly Step[], under: UnderPolicy): void {
    for (const step of steps) {
      const key = stepKey(step);
      if (!this.#running.has(key)) this.#start(key, step, under);
    }
  }

  /**
   * The policy's origin is written as one more step of the fleet's key, when it differs from what is stored. A server whose
   * resources are older than the bot drops what it does not know: then nothing changes, and it is not written at each turn.
   */
  recordPolicy(fleet: Fleet | null, status: PolicyStatus | null, now: Instant): void {
    if (fleet === null || status === null || (fleet.policy !== null && isSamePolicy(fleet.policy, status))) return;
    const step: Step = { kind: "RecordPolicy", version: fleet.version, policy: status };
    const last = this.#recorded;
    const isTried = last !== null && last.version === fleet.version && isSamePolicy(last.status, status);
    if (this.#running.has(stepKey(step)) || (isTried && Math.abs(now - last.at) < AGAIN)) return;
    this.#recorded = { version: fleet.version, status, at: now };
    const under = underPolicy({ commit: status.commit, pull: status.pull ?? null });
    this.run([step], under);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #start(key: StepKey, step: Step, under: UnderPolicy): void {
    this.#log.info("step", { key, ...loggable(step), ...under });
    const running = this.#perform(key, step).then(() => {
      this.#running.delete(key);
      this.#done();
    });
    this.#running.set(key, running);
  }

  /** Also what was begun together with a hand-over ends before the lease is another's. */
  async #perform(key: StepKey, step: Step): Promise<void> {
    await this.#cluster.perform(step, this.#election);
    if (step.kind !== "HandOver") return;
    const others = [...this.#running].flatMap(([other, running]) => (other === key ? [] : [running]));
    await this.#election.handOver(Promise.all(others));
  }
}

const byWhom = (step: Step & { kind: "Evict" | "DeletePod" }): Record<string, unknown> =>
  step.kind === "DeletePod" ? { budgets: step.budgets, by: step.by } : {};

const deploymentText = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;

function loggable(step: Step): Record<string, unknown> {
  switch (step.kind) {
    case "SetPhase":
    case "GiveOrder":
    case "WithdrawOrder":
      return {
        step: step.kind,
        node: step.next.node,
        phase: step.next.phase.kind,
        says: step.says,
      };
    case "RecordHolds":
      return { step: step.kind, node: step.next.node, holds: step.next.holds.map(({ kind }) => kind) };
    case "SetSlots":
      return { step: step.kind, freed: step.freed.map(({ node }) => node), taken: step.taken.map(({ node }) => node) };
    case "Evict":
    case "DeletePod":
      return { step: step.kind, node: step.pod.node, pod: `${step.pod.namespace}/${step.pod.name}`, ...byWhom(step) };
    case "RestartDeployment":
    case "RestoreDeployment":
      return { step: step.kind, node: step.node, deployment: deploymentText(step.move.deployment) };
    case "StartJob":
      return { step: step.kind, node: step.node, job: `${step.job.namespace}/${step.job.name}` };
    case "DeleteDecision":
      return { step: step.kind, decision: step.decision };
    case "Judge":
      return { step: step.kind, decision: step.decision, outcome: step.judgement.outcome, says: step.judgement.says };
    case "RecordPolicy":
      return { step: step.kind, valid: step.policy.valid };
    case "RecordConditions":
      return { step: step.kind, conditions: step.conditions.map(({ type, isTrue }) => `${type} ${isTrue}`) };
    case "RecordGates":
      return { step: step.kind, gates: step.gates.map(({ name, state }) => `${name} ${state}`) };
    case "ReadJob":
    case "ReadJobLog":
      return { step: step.kind, node: step.node, job: `${step.namespace}/${step.name}` };
    case "CreateFleet":
      return { step: step.kind };
    case "CreateReport":
    case "CreateReboot":
    case "Cordon":
    case "Uncordon":
    case "WatchPods":
    case "CheckPods":
    case "Discourage":
    case "HandOver":
      return { step: step.kind, node: step.node };
    default:
      return step satisfies never;
  }
}
