import { commitsBetween, historyOf, mergeBase } from "./ancestry.ts";
import { notFound, ok, page, type Reply, type RepositoryCall, refuse, wants } from "./call.ts";
import { type Commit, entrySha } from "./git-objects.ts";
import { diffOf } from "./line-diff.ts";
import type { Repository } from "./repository.ts";
import { changesSince, repositoryUrl, showCommit, showFile, webUrl } from "./show-commit.ts";

const EMPTY = "Git Repository is empty.";

/** GitHub says 422, not 404, for a ref that is not there. */
export const noCommit = (ref: string): Reply => refuse(422, `No commit found for SHA: ${ref}`);

export function getCommit(call: RepositoryCall): Reply {
  const { repository, parameters, links } = call;
  const ref = parameters["ref"] ?? "";
  if (repository.refs.size === 0) return refuse(409, EMPTY);
  const commit = repository.commitAt(ref);
  if (commit === null) return noCommit(ref);
  const modified = commit.committer.date;
  // The tag is the sha itself, so that who knows it from a clone can ask whether it still holds.
  if (wants(call, "sha")) return { ...ok(commit.sha, modified), etag: `"${commit.sha}"` };
  const before = repository.network.commits.get(commit.parents[0] ?? "")?.tree ?? new Map();
  const files = diffOf(before, commit.tree).map((change) => showFile(repository, commit.sha, change, links));
  return ok({ ...showCommit(repository, commit, links), files }, modified);
}

/** Newest first; with a path only those that changed what stands there. */
export function listCommits(call: RepositoryCall): Reply {
  const { repository, url, links } = call;
  if (repository.refs.size === 0) return refuse(409, EMPTY);
  const commit = repository.commitAt(url.searchParams.get("sha") ?? repository.defaultBranch);
  if (commit === null) return notFound();
  const path = url.searchParams.get("path");
  const all = historyOf(repository.network.commits, commit.sha);
  const found = path === null ? all : all.filter((one) => changes(repository, one, path));
  return page(call, found, (commits) => commits.map((one) => showCommit(repository, one, links)));
}

function changes(repository: Repository, commit: Commit, path: string): boolean {
  const parent = repository.network.commits.get(commit.parents[0] ?? "");
  const [before, after] = [parent?.tree.get(path), commit.tree.get(path)];
  const shas = [before, after].map((entry) => (entry === undefined ? null : entrySha(entry)));
  return shas[0] !== shas[1];
}

/** "base...head", where head may be "owner:branch" of a fork. */
export function compare(call: RepositoryCall): Reply {
  const { repository, parameters, links, github } = call;
  const [from = "", to = ""] = (parameters["basehead"] ?? "").split("...");
  const [base, head] = [from, to].map((ref) => {
    const [owner, branch] = ref.includes(":") ? ref.split(":") : [repository.owner, ref];
    const family = [...github.repositories].filter((one) => one.network === repository.network);
    const place = owner === repository.owner ? repository : family.find((one) => one.owner === owner);
    return place?.commitAt(branch ?? "") ?? null;
  });
  if (!base || !head) return notFound();
  const { commits } = repository.network;
  const common = mergeBase(commits, base.sha, head.sha);
  if (common === null) return refuse(404, `No common ancestor between ${from} and ${to}.`);
  const ahead = commitsBetween(commits, base.sha, head.sha);
  const behind = commitsBetween(commits, head.sha, base.sha);
  return page(call, ahead, (some) => ({
    url: `${repositoryUrl(repository, links)}/compare/${from}...${to}`,
    html_url: `${webUrl(repository, links)}/compare/${from}...${to}`,
    base_commit: showCommit(repository, base, links),
    merge_base_commit: showCommit(repository, common, links),
    status: wayOf(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: some.map((one) => showCommit(repository, one, links)),
    files: changesSince(repository, base.sha, head.sha).map((change) => showFile(repository, head.sha, change, links)),
  }));
}

function wayOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? "identical" : "behind";
  return behind === 0 ? "ahead" : "diverged";
}
