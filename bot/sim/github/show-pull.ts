import { type Links, showAccount } from "./call.ts";
import type { Pull } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import { bodyTime } from "./http-time.ts";
import { mergeabilityOf } from "./merges.ts";
import { showRepository } from "./repositories.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl, webUrl } from "./show-commit.ts";

/** As lists have it; `merge_commit_sha` of an open one is that of GitHub's test, also an older one. */
export function showPull(github: GitHub, repository: Repository, pull: Pull, links: Links) {
  const { id, number, title, body, state } = pull;
  const { head, base } = pull;
  const time = (at: number | null) => (at === null ? null : bodyTime(at));
  const isThere = github.repositories.has(head.repository);
  const url = repositoryUrl(repository, links);
  return {
    id,
    number,
    title,
    body,
    state,
    draft: pull.isDraft,
    locked: false,
    user: showAccount(pull.author, links),
    url: `${url}/pulls/${number}`,
    html_url: `${webUrl(repository, links)}/pull/${number}`,
    comments_url: `${url}/issues/${number}/comments`,
    created_at: time(pull.createdAt),
    updated_at: time(pull.updatedAt),
    closed_at: time(pull.closedAt),
    merged_at: pull.mergeCommit === null ? null : time(pull.closedAt),
    merge_commit_sha: mergeabilityOf(repository, pull).sha,
    head: {
      label: `${head.owner}:${head.ref}`,
      ref: head.ref,
      sha: head.sha,
      user: showAccount(github.account(head.owner), links),
      // A fork that is gone leaves its pull request behind.
      repo: isThere ? showRepository(github, head.repository, links) : null,
    },
    base: {
      label: `${repository.owner}:${base.ref}`,
      ref: base.ref,
      sha: base.sha,
      user: showAccount(github.account(repository.owner), links),
      repo: showRepository(github, repository, links),
    },
  };
}

/** What only a pull request that is asked for by its number says besides. */
export function showMerge(repository: Repository, pull: Pull) {
  const { mergeable } = mergeabilityOf(repository, pull);
  return { merged: pull.mergeCommit !== null, mergeable, mergeable_state: mergeState(repository, pull, mergeable) };
}

function mergeState(repository: Repository, pull: Pull, mergeable: boolean | null): string {
  if (mergeable === null) return "unknown";
  if (!mergeable) return "dirty";
  if (pull.isDraft) return "draft";
  const { sha } = pull.head;
  const runs = [...repository.checkRuns.values()].filter(({ headSha }) => headSha === sha);
  const latestRuns = new Map(runs.map((run) => [`${run.appId} ${run.name}`, run.conclusion]));
  const statuses = repository.statuses.filter((status) => status.sha === sha);
  const latestStatuses = new Map(statuses.map(({ context, state }) => [context, state]));
  const results = [...latestRuns.values(), ...latestStatuses.values()];
  return results.every((result) => GOOD.includes(result ?? "")) ? "clean" : "unstable";
}

const GOOD = ["success", "neutral", "skipped"];
