import type { KeptPolicy, PolicyStatus } from "../core/fleet/fleet.ts";
import { completed, factsOf, originOf } from "../core/policy/origin.ts";
import type { Policy } from "../core/policy/policy.ts";
import { isNotUsed, whyKeysForbid } from "./allowed-keys.ts";
import { isSameKept, isSameText, keptOf, lastGoodOf, lasting, saysTheSame, signatureOf } from "./policy-record.ts";
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
  /** What the last news found wrong with what is newest. */
  #found: readonly string[] = [];
  /** Commits that no allowed key signed, as far as this bot was told since its last good one. */
  readonly #unsigned = new Set<string>();
  /** By which the last news was judged. */
  #keys: PolicyNews["keysDigest"];
  /** An earlier bot kept the policy in force: this one's source never judged it. */
  #isRestored = false;
  /** What an earlier bot kept, while it can't be used. */
  #aside: KeptPolicy | null = null;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  hear(news: PolicyNews): void {
    this.#keys = news.keysDigest;
    if (news.kind === "unsigned") this.#withdraw(news.source, news.commit);
    if (news.kind !== "good") {
      this.#refuse(news.source, news.problems, news.commit);
      return;
    }
    const problem = this.#whyOther(news.policy);
    if (problem === null) this.#accept(news);
    else this.#refuse(news.source, [problem, ...(news.note === undefined ? [] : [news.note])], news.policy.commit);
  }

  /**
   * What another bot kept, one before this one or the one that leads. Where nothing good was heard since this one started, the
   * last good policy of the same source goes on; and what is still so has been so since then.
   */
  remember(kept: PolicyStatus | null): void {
    if (kept === null || this.#status === null) return;
    if (kept.source === this.#status.source) this.#regain(lastGoodOf(kept), this.#status);
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
    this.#found = [];
    this.#unsigned.clear();
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
    if (commit === null) return;
    this.#unsigned.add(commit);
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
      this.#aside = keptOf(this.#status);
      this.#drop(this.#status.source, this.#status.commit);
    } else if (this.#aside !== null && "policy" in this.#judge(this.#aside)) {
      this.#restore(this.#aside, this.#status);
    }
  }

  /** An earlier bot may have known more of the same commit. */
  #goOnWith(kept: PolicyStatus, status: PolicyStatus): void {
    if (this.#policy !== undefined && kept.commit !== null) this.#policy = completed(this.#policy, kept);
    const facts = this.#policy === undefined ? {} : factsOf(this.#policy);
    this.#status = { ...status, ...lasting(kept), ...facts };
  }

  #regain(last: KeptPolicy | null, status: PolicyStatus): void {
    if (last === null || (last.commit !== null && this.#unsigned.has(last.commit))) return;
    const isNews =
      this.#policy === undefined
        ? this.#aside === null || !isSameKept(last, this.#aside)
        : isBehind(status, last) && "policy" in this.#judge(last);
    if (isNews) this.#restore(last, status);
  }

  #restore(kept: KeptPolicy, { putAside, ...status }: PolicyStatus): void {
    const { source } = status;
    const { commit } = kept;
    const judged = this.#judge(kept);
    if ("why" in judged) {
      this.#aside = kept;
      this.#status = { ...status, problems: [...this.#found, judged.why], putAside: kept };
      this.#parts.log.warn("last good policy not used", { source, commit, why: judged.why });
      return;
    }
    this.#policy = judged.policy;
    this.#text = kept.text;
    this.#isRestored = true;
    this.#aside = null;
    this.#status = { ...bare(status), problems: this.#found, ...kept, ...factsOf(judged.policy) };
    this.#parts.log.info("last good policy kept", { source, commit });
  }

  /** Whether what was kept can be used now, or why not. */
  #judge(kept: KeptPolicy): { readonly policy: Policy } | { readonly why: string } {
    const why = whyKeysForbid(kept, this.#keys);
    if (why !== null) return { why };
    const policy = kept.text === null ? null : this.#parts.reparse(kept.text, originOf(kept));
    if (policy === null) return { why: `${isNotUsed(kept.commit)}: this version of the bot can't read it.` };
    const problem = this.#whyOther(policy);
    return problem === null ? { policy } : { why: `${isNotUsed(kept.commit)}: ${problem}` };
  }

  #whyOther({ cluster }: Policy): string | null {
    const { clusterName } = this.#parts;
    if (cluster === clusterName) return null;
    return `The policy is for cluster ${cluster}, and this bot runs with --cluster ${clusterName}.`;
  }

  #refuse(source: string, found: readonly string[], commit: string | null): void {
    const { clock, log } = this.#parts;
    this.#found = found;
    this.#heedKeys();
    const aside = this.#aside === null ? null : this.#judge(this.#aside);
    const problems = aside !== null && "why" in aside ? [...found, aside.why] : found;
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
      ...(this.#aside === null ? {} : { putAside: this.#aside }),
    };
    const since = this.#status !== null && saysTheSame(this.#status, next) ? this.#status.since : next.since;
    this.#status = { ...next, since };
    log.warn("policy not used", { source, commit, problems, kept });
  }
}

/**
 * Whether a bot that can't tell what is newest knows less than the one that leads: as the next leader it would go back to what
 * was in force before.
 */
function isBehind(own: PolicyStatus, last: KeptPolicy): boolean {
  if (own.valid || own.commit === last.commit) return false;
  return own.inForceSince !== undefined && last.inForceSince !== undefined && last.inForceSince > own.inForceSince;
}

/** How the source stands, without a policy. */
function bare({ source, commit, valid, problems, since, text }: PolicyStatus): PolicyStatus {
  return { source, commit, valid, problems, since, text };
}
