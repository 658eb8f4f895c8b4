import type { PolicyStatus } from "../core/fleet/fleet.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Clock, Log, PolicyNews, Reparse } from "./ports.ts";

interface KeeperParts {
  /** Must equal the policy's cluster. */
  readonly clusterName: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly reparse: Reparse;
}

/** Keeps the last good policy: one that can't be used never replaces it, and is said where people look. */
export class PolicyKeeper {
  readonly #parts: KeeperParts;
  #policy: Policy | undefined;
  #text: string | null = null;
  #status: PolicyStatus | null = null;
  #hasLooked = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  hear(news: PolicyNews): void {
    const { clusterName } = this.#parts;
    if (news.kind === "bad") {
      this.#refuse(news.source, news.problems, news.commit);
    } else if (news.policy.cluster !== clusterName) {
      const problem = `The policy is for cluster ${news.policy.cluster}, and this bot runs with --cluster ${clusterName}.`;
      this.#refuse(news.source, [problem], news.policy.commit);
    } else {
      this.#accept(news.policy, news.source, news.text);
    }
  }

  /**
   * What an earlier bot kept. Where nothing good was heard since this one started, the last good policy of the same
   * source goes on; and what is still so has been so since then.
   */
  remember(kept: PolicyStatus | null): void {
    if (kept === null || this.#status === null) return;
    if (this.#policy === undefined && !this.#hasLooked) this.#restore(kept, this.#status);
    this.#hasLooked = true;
    if (isSamePolicy(kept, this.#status)) this.#status = { ...this.#status, since: kept.since };
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

  #accept(policy: Policy, source: string, text: string | null): void {
    const { clock, log } = this.#parts;
    this.#policy = policy;
    this.#text = text;
    this.#status = { source, commit: policy.commit, valid: true, problems: [], since: clock.now(), text };
    log.info("policy in force", { source, commit: policy.commit, subject: policy.subject });
  }

  #restore(kept: PolicyStatus, status: PolicyStatus): void {
    if (kept.text === null || kept.source !== status.source) return;
    const policy = this.#parts.reparse(kept.text, kept.commit);
    if (policy === null || policy.cluster !== this.#parts.clusterName) return;
    this.#policy = policy;
    this.#text = kept.text;
    this.#status = { ...status, commit: kept.commit, text: kept.text };
    this.#parts.log.info("last good policy kept", { source: kept.source, commit: kept.commit });
  }

  #refuse(source: string, problems: readonly string[], commit: string | null): void {
    const { clock, log } = this.#parts;
    const kept = this.#policy?.commit ?? null;
    const next = { source, commit: kept, valid: false, problems, since: clock.now(), text: this.#text };
    this.#status = this.#status !== null && isSamePolicy(this.#status, next) ? this.#status : next;
    log.warn("policy not used", { source, commit, problems, kept });
  }
}

/** Whether two say the same, since whenever. Asked at every turn, and the text may be long. */
export function isSamePolicy(a: PolicyStatus, b: PolicyStatus): boolean {
  if (a.source !== b.source || a.commit !== b.commit || a.valid !== b.valid || a.text !== b.text) return false;
  return a.problems.length === b.problems.length && a.problems.every((problem, index) => problem === b.problems[index]);
}
