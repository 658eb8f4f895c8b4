import { textField } from "../slack/fields.ts";
import { commitsBetween } from "./ancestry.ts";
import {
  invalid,
  type Links,
  notFound,
  ok,
  page,
  type Reply,
  type RepositoryCall,
  refuse,
  showAccount,
} from "./call.ts";
import { noCommit } from "./commits.ts";
import type { Pull } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import { bodyTime } from "./http-time.ts";
import { openPull, pullsOf } from "./pulls.ts";
import { showRepository } from "./repositories.ts";
import type { Repository } from "./repository.ts";
import { changesSince, repositoryUrl, showFile, webUrl } from "./show-commit.ts";

export function getPull(call: RepositoryCall): Reply {
  const { github, repository, links } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const files = changesSince(repository, pull.base.sha, pull.head.sha);
  const sum = (count: (file: (typeof files)[number]) => number) => files.reduce((total, one) => total + count(one), 0);
  const body = {
    ...showPull(github, repository, pull, links),
    merged: pull.mergeCommit !== null,
    mergeable: pull.state === "open" ? true : null,
    commits: commitsBetween(repository.network.commits, pull.base.sha, pull.head.sha).length,
    changed_files: files.length,
    additions: sum(({ additions }) => additions),
    deletions: sum(({ deletions }) => deletions),
  };
  return ok(body, pull.updatedAt);
}

/** The newest first; open ones if no state is asked for. */
export function listPulls(call: RepositoryCall): Reply {
  const { github, repository, url, links } = call;
  const state = url.searchParams.get("state") ?? "open";
  const [head, base] = [url.searchParams.get("head"), url.searchParams.get("base")];
  const found = [...repository.pulls.values()].toReversed().filter((pull) => {
    const isHead = head === null || head === `${pull.head.owner}:${pull.head.ref}`;
    return isHead && (base === null || base === pull.base.ref) && (state === "all" || state === pull.state);
  });
  return page(call, found, (some) => some.map((pull) => showPull(github, repository, pull, links)));
}

export function listPullFiles(call: RepositoryCall): Reply {
  const { repository, links } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const files = changesSince(repository, pull.base.sha, pull.head.sha);
  return page(call, files, (some) => some.map((change) => showFile(repository, pull.head.sha, change, links)));
}

export function createPull(call: RepositoryCall): Reply {
  const { github, repository, caller, body, links } = call;
  const [title, head, base] = [textField(body, "title"), textField(body, "head"), textField(body, "base")];
  if (title === undefined || head === undefined || base === undefined) return refuse(422, "Validation Failed");
  const [owner, branch] = head.includes(":") ? head.split(":") : [repository.owner, head];
  const family = [...github.repositories].filter(({ network }) => network === repository.network);
  const from = owner === repository.owner ? repository : family.find((one) => one.owner === owner);
  if (repository.head(base) === null) return invalid("PullRequest", "base", "invalid");
  if (from === undefined || from.head(branch ?? "") === null) return invalid("PullRequest", "head", "invalid");
  const isOpen = [...repository.pulls.values()].some(
    (pull) => pull.state === "open" && pull.head.repository === from && pull.head.ref === branch,
  );
  if (isOpen) return refused(`A pull request already exists for ${owner}:${branch}.`);
  const author = github.author(caller).login;
  const text = textField(body, "body");
  const draft = { title, head: branch ?? "", base, author, fork: from, ...(text === undefined ? {} : { body: text }) };
  const pull = openPull(github, repository, draft);
  if (pull === null) return refused(`No commits between ${base} and ${head}`);
  return { status: 201, body: showPull(github, repository, pull, links) };
}

export function listCommitPulls(call: RepositoryCall): Reply {
  const { github, repository, parameters, links } = call;
  const commit = repository.commitAt(parameters["ref"] ?? "");
  if (commit === null) return noCommit(parameters["ref"] ?? "");
  const found = pullsOf(repository, commit.sha);
  return page(call, found, (some) => some.map((pull) => showPull(github, repository, pull, links)));
}

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
    draft: false,
    locked: false,
    user: showAccount(pull.author, links),
    url: `${url}/pulls/${number}`,
    html_url: `${webUrl(repository, links)}/pull/${number}`,
    comments_url: `${url}/issues/${number}/comments`,
    created_at: time(pull.createdAt),
    updated_at: time(pull.updatedAt),
    closed_at: time(pull.closedAt),
    merged_at: pull.mergeCommit === null ? null : time(pull.closedAt),
    merge_commit_sha: pull.mergeCommit,
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

function askedPull({ repository, parameters }: RepositoryCall): Pull | null {
  return repository.pulls.get(Number(parameters["pull_number"])) ?? null;
}

function refused(message: string): Reply {
  return refuse(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
}
