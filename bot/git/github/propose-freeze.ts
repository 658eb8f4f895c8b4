import { RequestError } from "octokit";
import type { Clock } from "../../coordinator/ports.ts";
import type { FreezeRequest, ProposalAnswer, Proposals } from "../../coordinator/proposals.ts";
import { type Duration, SECOND } from "../../core/instant.ts";
import { freezeText } from "./freeze-text.ts";
import { type PolicyOnBranch, policyAt } from "./proposed-file.ts";
import { answerOf, type ProposedPull, pullFrom, pullIn } from "./proposed-pull.ts";
import { wordsOf } from "./trouble.ts";

/** The policy's text with one freeze more, or why there is none; `zone` is the one that the text writes its times in. */
export type EditPolicy = (
  text: string,
  request: FreezeRequest,
) =>
  | { readonly kind: "added"; readonly text: string; readonly zone: string }
  | { readonly kind: "problem"; readonly why: string };

interface ProposalParts extends PolicyOnBranch {
  readonly edit: EditPolicy;
  readonly after: Clock["after"];
  /** For one proposal. */
  readonly within?: Duration;
}

const WITHIN: Duration = 30 * SECOND;
const TRIES = 5;
const FIRST_PAUSE: Duration = SECOND / 2;

/**
 * Freezes as pull requests, each on a branch named after the request. Every try begins with what is there by now, so what
 * was done before, by an answer that was lost or by another replica, is gone on with. It writes to that branch alone.
 */
export function gitHubProposals(parts: ProposalParts): Proposals {
  return { proposeFreeze: (request) => inTime(parts, request) };
}

/** One request, while it is worked on. */
interface Job extends ProposalParts {
  readonly request: FreezeRequest;
  /** The branch of ours. */
  readonly head: string;
  readonly how: { readonly signal: AbortSignal };
  /** A pull request was asked for, and whether it was opened is not known. */
  mayBeOpen: boolean;
}

type Outcome = ProposalAnswer | { readonly kind: "again"; readonly why: string };

const refused = (why: string): ProposalAnswer => ({ kind: "refused", why });
const notOpened = (because: string): string => `No pull request was opened: ${because.replace(/\.$/, "")}.`;

function inTime(parts: ProposalParts, request: FreezeRequest): Promise<ProposalAnswer> {
  const { after, within = WITHIN } = parts;
  const late = new AbortController();
  const head = `bootswain/freeze-${request.id}`;
  const job: Job = { ...parts, request, head, how: { signal: late.signal }, mayBeOpen: false };
  return new Promise((resolve) => {
    const timer = after(within, () => {
      late.abort();
      resolve(refused(inWords(job, `GitHub took longer than ${within / SECOND} s`)));
    });
    void propose(job).then((answer) => {
      timer.stop();
      resolve(answer);
    });
  });
}

/** Never rejects. */
async function propose(job: Job): Promise<ProposalAnswer> {
  const { branch, head } = job;
  if (branch === head) return refused(notOpened(`the policy itself is read from the branch ${head}`));
  for (let tries = 1; ; tries += 1) {
    const outcome = await tryOnce(job).catch((error: unknown) => failed(job, error));
    if (outcome.kind !== "again") return outcome;
    if (tries === TRIES || job.how.signal.aborted) return refused(inWords(job, outcome.why));
    await new Promise<void>((resolve) => void job.after(FIRST_PAUSE * 2 ** (tries - 1), resolve));
  }
}

async function tryOnce(job: Job): Promise<Outcome> {
  const { octokit, owner, repo, branch, edit, request, head, how } = job;
  const before = await pullFrom(job, head, how);
  if (before !== null) return found(job, before);
  const { data: base } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}`, request: how });
  const file = await policyAt(job, base.object.sha, how);
  if (typeof file === "string") return refused(notOpened(file));
  const edited = edit(file.text, request);
  if (edited.kind === "problem") return refused(`No pull request was opened. ${edited.why}`);
  const text = freezeText(request, edited.zone);
  const isNew = await begin(job, base.object.sha);
  const written = await write(job, isNew ? { sha: file.sha, text: edited.text } : null, text.message);
  return written ?? open(job, text);
}

/** Makes the branch; false where it is there already. */
async function begin(job: Job, sha: string): Promise<boolean> {
  const { octokit, owner, repo, head, how } = job;
  try {
    await octokit.rest.git.createRef({ owner, repo, ref: `refs/heads/${head}`, sha, request: how });
    return true;
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    const isThere = await isBranch(job, head);
    if (!isThere) throw error;
    return false;
  }
}

async function isBranch({ octokit, owner, repo, how }: Job, name: string): Promise<boolean> {
  try {
    await octokit.rest.git.getRef({ owner, repo, ref: `heads/${name}`, request: how });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Puts the policy on our branch, unless a commit is there already; null when one is. */
async function write(job: Job, fresh: { sha: string; text: string } | null, message: string): Promise<Outcome | null> {
  const { octokit, owner, repo, path, head, how } = job;
  const next = fresh ?? (await nextOn(job));
  if (next === null || "kind" in next) return next;
  const content = Buffer.from(next.text).toString("base64");
  const { sha } = next;
  try {
    const file = { path, branch: head, sha, content, message };
    await octokit.rest.repos.createOrUpdateFileContents({ owner, repo, ...file, request: how });
    return null;
  } catch (error) {
    // Somebody wrote in between: another replica, most of the time. Or the branch is too new to be known everywhere.
    if (statusOf(error) === 409 || statusOf(error) === 404) return { kind: "again", why: wordsOf(error).says };
    throw error;
  }
}

/** What is to be written on a branch that was there before; null where something was. */
async function nextOn(job: Job): Promise<{ sha: string; text: string } | Outcome | null> {
  const { octokit, owner, repo, branch, edit, request, head, how } = job;
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
    ...{ owner, repo, basehead: `${branch}...${head}`, request: how },
  });
  if (data.ahead_by > 0) return null;
  const file = await policyAt(job, head, how);
  if (typeof file === "string") return refused(notOpened(file));
  const edited = edit(file.text, request);
  return edited.kind === "problem"
    ? refused(`No pull request was opened. ${edited.why}`)
    : { sha: file.sha, text: edited.text };
}

async function open(job: Job, { title, body }: { title: string; body: string }): Promise<Outcome> {
  const { octokit, owner, repo, branch, head, how } = job;
  job.mayBeOpen = true;
  try {
    const draft = { title, body, head, base: branch };
    const { data } = await octokit.rest.pulls.create({ owner, repo, ...draft, request: how });
    const pull = pullIn(data);
    if (pull === null) return { kind: "again", why: "GitHub answers with what is no pull request" };
    return answerOf(pull, false);
  } catch (error) {
    if (statusOf(error) === null) throw error;
    job.mayBeOpen = false;
    const pull = statusOf(error) === 422 ? await pullFrom(job, head, how) : null;
    if (pull === null) throw error;
    return found(job, pull);
  }
}

/** What is there is of an earlier delivery of the request, unless it may be of this one. */
const found = ({ mayBeOpen }: Job, pull: ProposedPull): ProposalAnswer => answerOf(pull, !mayBeOpen);

function failed(job: Job, error: unknown): Outcome {
  const { owner, repo, branch, path } = job;
  const { says, kind } = wordsOf(error, {
    forbidden: `give the App or the token of this bot the permissions contents: write and pull requests: write on ${owner}/${repo}`,
    missing: `look for ${path} on ${branch} of ${owner}/${repo}, and whether this bot may write there: it takes contents: write and pull requests: write`,
  });
  const isUnanswered = kind === "unreachable" || (kind === "odd" && statusOf(error) === null);
  return isUnanswered ? { kind: "again", why: says } : refused(inWords(job, says));
}

function inWords({ mayBeOpen, owner, repo }: Job, because: string): string {
  if (!mayBeOpen) return notOpened(because);
  return `I can't say whether the pull request was opened: ${because}. Look among those of ${owner}/${repo} before you ask again.`;
}

/** Null where GitHub did not answer, or not to the end: what was asked for may have happened. */
function statusOf(error: unknown): number | null {
  return error instanceof RequestError && error.response !== undefined && error.status < 500 ? error.status : null;
}
