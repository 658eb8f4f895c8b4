import type { PolicyStatus } from "../core/fleet/fleet.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Clock, Log, PolicyNews } from "./ports.ts";

/** Keeps the last good policy: one that can't be used never replaces it, and is said where people look. */
export class PolicyKeeper {
  readonly #cluster: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #policy: Policy | undefined;
  #status: PolicyStatus | null = null;

  constructor(cluster: string, clock: Clock, log: Log) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#log = log;
  }

  hear(news: PolicyNews): void {
    if (news.kind === "bad") {
      this.#refuse(news.source, news.problems, news.commit);
    } else if (news.policy.cluster !== this.#cluster) {
      const problem = `The policy is for cluster ${news.policy.cluster}, and this bot runs with --cluster ${this.#cluster}.`;
      this.#refuse(news.source, [problem], news.policy.commit);
    } else {
      this.#accept(news.policy, news.source);
    }
  }

  #accept(policy: Policy, source: string): void {
    this.#policy = policy;
    this.#status = { source, commit: policy.commit, valid: true, problems: [], since: this.#clock.now() };
    this.#log.info("policy in force", { source, commit: policy.commit, subject: policy.subject });
  }

  hasHeard(): boolean {
    return this.#status !== null;
  }

  policy(): Policy | undefined {
    return this.#policy;
  }

  status(): PolicyStatus | null {
    return this.#status;
  }

  #refuse(source: string, problems: readonly string[], commit: string | null): void {
    const isSame = this.#status?.valid === false && this.#status.problems.join() === problems.join();
    const since = isSame ? (this.#status?.since ?? this.#clock.now()) : this.#clock.now();
    this.#status = { source, commit: this.#policy?.commit ?? null, valid: false, problems, since };
    this.#log.warn("policy not used", { source, commit, problems, kept: this.#policy?.commit ?? null });
  }
}
