import type { PolicyStatus } from "../core/fleet/fleet.ts";
import { areSameFacts, completed, factsOf, originOf } from "../core/policy/origin.ts";
import type { Policy } from "../core/policy/policy.ts";
import { whyKeysForbid } from "./allowed-keys.ts";
import type { PolicyNews, Reparse } from "./policy-source-port.ts";
import type { Clock, Log } from "./ports.ts";

type GoodNews = PolicyNews & { readonly kind: "good" };

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
  /** No key that is allowed now signed it. */
  #unsigned: string | null = null;
  #hasLooked = false;
  /** By which the last news was judged. */
  #keys: PolicyNews["keysDigest"];
  /** An earlier bot kept the policy in force: this one's source never judged it. */
  #isRestored = false;
  /** What an earlier bot kept, while the allowed keys are others. */
  #aside: PolicyStatus | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  hear(news: PolicyNews): void {
    const { clusterName } = this.#parts;
    this.#keys = news.keysDigest;
    if (news.kind === "unsigned") this.#withdraw(news.source, news.commit);
    if (news.kind !== "good") {
      this.#refuse(news.source, news.problems, news.commit);
    } else if (news.policy.cluster !== clusterName) {
      const problem = `The policy is for cluster ${news.policy.cluster}, and this bot runs with --cluster ${clusterName}.`;
      this.#refuse(news.source, [problem, ...(news.note === undefined ? [] : [news.note])], news.policy.commit);
    } else {
      this.#accept(news);
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
    if (kept.source === this.#status.source && isSameText(kept, this.#status)) this.#goOnWith(kept, this.#status);
    if (saysTheSame(kept, this.#status)) this.#status = { ...this.#status, since: kept.since };
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

  /** The same commit read again is no new policy, also where more is known of it by now. */
  #accept({ policy: news, source, text, signedBy, keysDigest, note }: GoodNews): void {
    const { clock, log } = this.#parts;
    const now = clock.now();
    const { commit } = news;
    const before = this.#status !== null && isSameText(this.#status, { commit, text }) ? this.#status : null;
    const policy = before === null || commit === null ? news : completed(news, before);
    const isNew = before === null || !before.valid;
    this.#policy = policy;
    this.#text = text;
    this.#unsigned = null;
    this.#isRestored = false;
    this.#aside = null;
    this.#status = {
      ...{ source, commit, valid: true, problems: [], since: isNew ? now : before.since, text, inForceSince: now },
      ...(before === null ? {} : lasting(before)),
      ...factsOf(policy),
      ...(signedBy === undefined ? {} : { signedBy }),
      ...(typeof keysDigest === "string" ? { keysDigest } : {}),
      ...(note === undefined ? {} : { note }),
    };
    const { subject, author, when } = policy;
    const { commitUrl, pull } = this.#status;
    const facts = { source, commit, subject, author, when, signedBy, url: commitUrl, pull: pull?.number };
    log.info(isNew ? "policy in force" : "policy read again", facts);
    if (note !== undefined) log.warn("policy moved by force", { source, commit, note });
  }

  /** What was taken while its key was allowed counts no more: better no policy than one of nobody's. */
  #withdraw(source: string, commit: string | null): void {
    this.#unsigned = commit;
    if (commit === null) return;
    if (this.#aside?.commit === commit) this.#aside = null;
    if (this.#policy?.commit === commit) this.#drop(source, commit);
  }

  #drop(source: string, commit: string | null): void {
    this.#policy = undefined;
    this.#text = null;
    this.#isRestored = false;
    this.#parts.log.warn("policy withdrawn", { source, commit });
  }

  /** The source can't judge again what it never read: other keys put it aside, and the same ones take it over again. */
  #heedKeys(): void {
    if (this.#status === null) return;
    if (this.#isRestored && this.#keys !== null && whyKeysForbid(this.#status, this.#keys) !== null) {
      this.#aside = this.#status;
      this.#drop(this.#status.source, this.#status.commit);
    } else if (this.#aside !== null && whyKeysForbid(this.#aside, this.#keys) === null) {
      this.#restore(this.#aside, this.#status);
    }
  }

  /** An earlier bot may have known more of the same commit. */
  #goOnWith(kept: PolicyStatus, status: PolicyStatus): void {
    if (this.#policy !== undefined && kept.commit !== null) this.#policy = completed(this.#policy, kept);
    const facts = this.#policy === undefined ? {} : factsOf(this.#policy);
    this.#status = { ...status, ...lasting(kept), ...facts };
  }

  #restore(kept: PolicyStatus, status: PolicyStatus): void {
    if (kept.text === null || kept.source !== status.source) return;
    if (kept.commit !== null && kept.commit === this.#unsigned) return;
    const why = whyKeysForbid(kept, this.#keys);
    this.#aside = why === null ? null : kept;
    if (why !== null) {
      this.#status = { ...status, problems: [...status.problems, why] };
      this.#parts.log.warn("last good policy not used", { source: kept.source, commit: kept.commit, why });
      return;
    }
    const policy = this.#parts.reparse(kept.text, originOf(kept));
    if (policy === null || policy.cluster !== this.#parts.clusterName) return;
    this.#policy = policy;
    this.#text = kept.text;
    this.#isRestored = true;
    const what = { commit: kept.commit, text: kept.text, ...factsOf(policy) };
    this.#status = { ...status, ...what, ...lasting(kept), ...signatureOf(kept) };
    this.#parts.log.info("last good policy kept", { source: kept.source, commit: kept.commit });
  }

  #refuse(source: string, found: readonly string[], commit: string | null): void {
    const { clock, log } = this.#parts;
    this.#heedKeys();
    const why = this.#aside === null ? null : whyKeysForbid(this.#aside, this.#keys);
    const problems = why === null ? found : [...found, why];
    const kept = this.#policy?.commit ?? null;
    const last = this.#policy === undefined || this.#status === null ? {} : this.#status;
    const next = {
      ...(this.#policy === undefined ? {} : factsOf(this.#policy)),
      ...{ source, commit: kept, valid: false, problems, since: clock.now(), text: this.#text },
      ...lasting(last),
      ...signatureOf(last),
      // Where the source read the commit in force, it judged that by these keys too.
      ...(this.#policy !== undefined && !this.#isRestored && typeof this.#keys === "string"
        ? { keysDigest: this.#keys }
        : {}),
    };
    const since = this.#status !== null && saysTheSame(this.#status, next) ? this.#status.since : next.since;
    this.#status = { ...next, since };
    log.warn("policy not used", { source, commit, problems, kept });
  }
}

/** Whether two say the same, since whenever. Asked at every turn, and the text may be long. */
export function isSamePolicy(a: PolicyStatus, b: PolicyStatus): boolean {
  if (a.inForceSince !== b.inForceSince || a.signedBy !== b.signedBy || a.note !== b.note) return false;
  if (a.keysDigest !== b.keysDigest) return false;
  if (!areSameFacts(a, b)) return false;
  return saysTheSame(a, b);
}

function saysTheSame(a: PolicyStatus, b: PolicyStatus): boolean {
  if (a.source !== b.source || a.commit !== b.commit || a.valid !== b.valid || a.text !== b.text) return false;
  return a.problems.length === b.problems.length && a.problems.every((problem, index) => problem === b.problems[index]);
}

const isSameText = (a: Pick<PolicyStatus, "commit" | "text">, b: Pick<PolicyStatus, "commit" | "text">): boolean =>
  a.commit === b.commit && a.text === b.text;

/** What stays true of a policy while it is in force, however often its source is lost. */
const lasting = ({ inForceSince, note }: Partial<PolicyStatus>): Pick<PolicyStatus, "inForceSince" | "note"> => ({
  ...(inForceSince === undefined ? {} : { inForceSince }),
  ...(note === undefined ? {} : { note }),
});

const signatureOf = ({
  signedBy,
  keysDigest,
}: Partial<PolicyStatus>): Pick<PolicyStatus, "signedBy" | "keysDigest"> => ({
  ...(signedBy === undefined ? {} : { signedBy }),
  ...(keysDigest === undefined ? {} : { keysDigest }),
});
