import { mergeBase } from "./ancestry.ts";
import { type Links, showAccount } from "./call.ts";
import { type Commit, entrySha, type Signature, treeSha } from "./git-objects.ts";
import { bodyTime } from "./http-time.ts";
import { diffOf, type FileChange } from "./line-diff.ts";
import type { Repository } from "./repository.ts";

export function repositoryUrl(repository: Repository, links: Links): string {
  return `${links.api}/repos/${repository.fullName}`;
}

export function webUrl(repository: Repository, links: Links): string {
  return `${links.web}/${repository.fullName}`;
}

export function showCommit(repository: Repository, commit: Commit, links: Links) {
  const url = repositoryUrl(repository, links);
  const web = webUrl(repository, links);
  const { verified, reason } = commit.verification;
  const verification = {
    verified,
    reason,
    signature: reason === "unsigned" ? null : `-----BEGIN SSH SIGNATURE-----\n${reason}\n-----END SSH SIGNATURE-----`,
    payload: reason === "unsigned" ? null : `tree ${treeSha(commit.tree)}\n`,
    verified_at: verified ? bodyTime(commit.committer.date) : null,
  };
  return {
    sha: commit.sha,
    url: `${url}/commits/${commit.sha}`,
    html_url: `${web}/commit/${commit.sha}`,
    commit: {
      author: showSignature(commit.author),
      committer: showSignature(commit.committer),
      message: commit.message,
      tree: { sha: treeSha(commit.tree), url: `${url}/git/trees/${treeSha(commit.tree)}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification,
    },
    author: showOwner(repository, commit.author, links),
    committer: showOwner(repository, commit.committer, links),
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${web}/commit/${sha}` })),
  };
}

export function showFile(repository: Repository, at: string, change: FileChange, links: Links) {
  const path = encodeURI(change.filename);
  return {
    ...change,
    blob_url: `${webUrl(repository, links)}/blob/${at}/${path}`,
    raw_url: `${webUrl(repository, links)}/raw/${at}/${path}`,
    contents_url: `${repositoryUrl(repository, links)}/contents/${path}?ref=${at}`,
  };
}

/** What changed on the way to `head` since it parted from `base`, by path. */
export function changesSince(repository: Repository, base: string, head: string): readonly FileChange[] {
  const { commits } = repository.network;
  const from = mergeBase(commits, base, head)?.tree ?? new Map();
  const to = commits.get(head)?.tree ?? new Map();
  return diffOf(from, to);
}

/** When what stands at the path was changed last. */
export function changedAt(repository: Repository, commit: Commit, path: string): number {
  const entry = commit.tree.get(path);
  let last = commit;
  for (;;) {
    const parent = repository.network.commits.get(last.parents[0] ?? "");
    const before = parent?.tree.get(path);
    const isSame = entry !== undefined && before !== undefined && entrySha(entry) === entrySha(before);
    if (parent === undefined || !isSame) return last.committer.date;
    last = parent;
  }
}

/** The account whose address it is. */
function showOwner(repository: Repository, { email }: Signature, links: Links) {
  const account = repository.accountOf(email);
  return account === null ? null : showAccount(account, links);
}

export function showSignature({ name, email, date }: Signature) {
  return { name, email, date: bodyTime(date) };
}
