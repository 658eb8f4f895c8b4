import type { ClusterView } from "./cluster-view.ts";
import { isProtected } from "./pods-view.ts";
import { type DrainData, lengthOf, poolFor, ruleFor } from "./policy-data.ts";
import type { PolicyTimes } from "./policy-times.ts";
import { BEFORE_CALL, KNOWN_LATE } from "./slot-rules.ts";
import { at, type Change, list, nameOf, text } from "./world.ts";

/** What runs before pods leave may have run for an earlier call that came late. */
const JOB_LASTS = 2 * 3_600_000;

interface PodRuleParts {
  readonly cluster: ClusterView;
  readonly times: PolicyTimes;
  readonly broken: (rule: string) => void;
}

/** Beyond the ten of the design, rule 11: no pod is made to leave against what the policy says of such pods. */
export class PodRules {
  readonly #parts: PodRuleParts;
  /** When the last Job for a node completed. */
  readonly #completed = new Map<string, number>();

  constructor(parts: PodRuleParts) {
    this.#parts = parts;
  }

  see({ resource, verb, actor, before, after, at: now, decidedAt }: Change): void {
    if (resource === "jobs") this.#seeJob(after, now);
    const isAsked = resource === "pods" && (verb === "evict" || verb === "delete") && actor.startsWith("bot");
    if (isAsked) this.#check(before, decidedAt);
  }

  #seeJob(job: unknown, now: number): void {
    const isComplete = list(at(job, "status", "conditions")).some((one) => text(at(one, "type")) === "Complete");
    if (isComplete) this.#completed.set(text(at(job, "metadata", "annotations", "bootswain.dev/node")), now);
  }

  #check(pod: unknown, now: number): void {
    const node = text(at(pod, "spec", "nodeName"));
    if (["Succeeded", "Failed"].includes(text(at(pod, "status", "phase")))) return;
    const labels = this.#parts.cluster.node(node).states.now()?.labels ?? {};
    const problems = this.#parts.times.between(now - KNOWN_LATE, now).map(({ policy }) => {
      const pool = poolFor(policy, labels);
      return pool === null ? null : this.#problem(pod, pool.drain, now);
    });
    const [problem] = problems;
    if (problem == null || problems.includes(null)) return;
    this.#parts.broken(`rule 11: pod ${nameOf(pod)} had to leave ${node}, and ${problem}`);
  }

  #problem(pod: unknown, drain: DrainData, now: number): string | null {
    const node = text(at(pod, "spec", "nodeName"));
    const rule = ruleFor(drain, pod);
    if (rule?.action === "leave") return "the policy leaves it there";
    if (isProtected(pod, drain)) return "the policy protects it";
    const began = this.#parts.cluster.node(node).drainDecidedAt - BEFORE_CALL;
    if (rule?.action === "waitUntilFinished" && now < began + lengthOf(rule.atMost ?? "0s"))
      return "the policy waits until it has finished";
    const isDone = now - (this.#completed.get(node) ?? 0) < JOB_LASTS;
    return rule?.before !== undefined && !isDone ? "the Job before it had not completed" : null;
  }
}
