import { formatInstant, type Instant } from "../instant.ts";
import type { Policy, PullRequest } from "./policy.ts";
import { webAddress } from "./web-address.ts";

/** Where a policy came from: its commit, and what is known of that. */
export type PolicyOrigin = Pick<Policy, "commit" | "subject" | "author" | "when" | "url" | "pull">;

/** What is known of a commit, as it is kept on record beside its id. */
export interface CommitFacts {
  readonly subject?: string;
  readonly author?: string;
  readonly when?: Instant;
  readonly commitUrl?: string;
  readonly pull?: PullRequest;
}

/** Whoever commits may write a book, and an object in the cluster has not much room. */
const KEPT_MOST = 300;

/** One line, and such that it comes back from the API server as it went there. */
const kept = (text: string): string =>
  [...text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")].slice(0, KEPT_MOST).join("");

/** What a date can hold; whoever commits says when. */
const MILLISECONDS_MOST = 8.64e15;

/** The API server takes years of four digits. */
const isDate = (when: Instant): boolean =>
  Number.isInteger(when) && Math.abs(when) <= MILLISECONDS_MOST && /^\d{4}-/.test(formatInstant(when));

/** An address that nobody may follow is not worth keeping, nor is a number that no request has. */
export function factsOf({ subject, author, when, url, pull }: PolicyOrigin): CommitFacts {
  const commitUrl = webAddress(url);
  const pullUrl = webAddress(pull?.url ?? null);
  const isPull = pull !== null && pullUrl !== null && Number.isSafeInteger(pull.number) && pull.number > 0;
  return {
    ...(subject === null ? {} : { subject: kept(subject) }),
    ...(author === null ? {} : { author: kept(author) }),
    ...(when === null || !isDate(when) ? {} : { when }),
    ...(commitUrl === null ? {} : { commitUrl }),
    ...(isPull ? { pull: { number: pull.number, url: pullUrl } } : {}),
  };
}

/** Of what is on record. */
export function originOf({
  commit,
  subject,
  author,
  when,
  commitUrl,
  pull,
}: CommitFacts & Pick<PolicyOrigin, "commit">): PolicyOrigin {
  return {
    ...{ commit, subject: subject ?? null, author: author ?? null, when: when ?? null },
    ...{ url: commitUrl ?? null, pull: pull ?? null },
  };
}

/**
 * The policy with what was known of its commit before and is not told now: a commit never changes, but a pull request may be
 * found out later than its commit, and a server may not say it again. The same policy where nothing is missing.
 */
export function completed(policy: Policy, facts: CommitFacts): Policy {
  const known = originOf({ ...facts, commit: policy.commit });
  const whole: PolicyOrigin = {
    commit: policy.commit,
    subject: policy.subject ?? known.subject,
    author: policy.author ?? known.author,
    when: policy.when ?? known.when,
    url: policy.url ?? known.url,
    pull: policy.pull ?? known.pull,
  };
  const isWhole =
    whole.subject === policy.subject &&
    whole.author === policy.author &&
    whole.when === policy.when &&
    whole.url === policy.url &&
    whole.pull === policy.pull;
  return isWhole ? policy : { ...policy, ...whole };
}

export function areSameFacts(a: CommitFacts, b: CommitFacts): boolean {
  if (a.subject !== b.subject || a.author !== b.author || a.when !== b.when || a.commitUrl !== b.commitUrl)
    return false;
  return a.pull?.number === b.pull?.number && a.pull?.url === b.pull?.url;
}

/** The message's first line without the number that GitHub writes behind it, where that stands beside it anyway. */
export function subjectOf({ subject, pull }: Pick<PolicyOrigin, "subject" | "pull">): string | null {
  const end = pull === null ? "" : ` (#${pull.number})`;
  return subject?.endsWith(end) === true ? subject.slice(0, subject.length - end.length) : subject;
}

/** 3f2a9c1 "widen worker window" (#42) by Ana; null for a plain file. */
export function originText(origin: PolicyOrigin): string | null {
  const { commit, author, pull } = origin;
  if (commit === null) return null;
  const subject = subjectOf(origin);
  return [
    commit.slice(0, 7),
    ...(subject === null || subject === "" ? [] : [`"${subject}"`]),
    ...(pull === null ? [] : [`(#${pull.number})`]),
    ...(author === null || author === "" ? [] : [`by ${author}`]),
  ].join(" ");
}
