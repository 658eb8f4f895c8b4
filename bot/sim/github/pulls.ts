import { commitsBetween, historyOf } from "./ancestry.ts";
import type { Pull } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import type { GitHubEvent } from "./github-news.ts";
import type { Repository } from "./repository.ts";

export interface PullDraft {
  readonly title: string;
  readonly body?: string;
  /** The login of who opens it. */
  readonly author: string;
  /** A branch here, or in a fork. */
  readonly head: string;
  readonly fork?: Repository;
  /** The default branch if not given. */
  readonly base?: string;
}

/** Null when there is nothing to merge: no such branch, or no commit that the base has not. */
export function openPull(github: GitHub, repository: Repository, draft: PullDraft): Pull | null {
  const base = draft.base ?? repository.defaultBranch;
  const from = draft.fork ?? repository;
  const [onto, head] = [repository.head(base), from.head(draft.head)];
  if (onto === null || head === null) return null;
  if (commitsBetween(repository.network.commits, onto.sha, head.sha).length === 0) return null;
  const now = github.now();
  const pull: Pull = {
    id: github.nextId(),
    number: repository.pulls.size + 1,
    title: draft.title,
    body: draft.body ?? null,
    author: github.account(draft.author),
    base: { ref: base, sha: onto.sha },
    head: { repository: from, owner: from.owner, ref: draft.head, sha: head.sha },
    state: "open",
    mergeCommit: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  keepPull(repository, pull);
  github.log.add({ kind: "pull-request", action: "opened", repository, pull, before: null });
  return pull;
}

/** Merges with a merge commit, as the button does, and closes. */
export function mergePull(github: GitHub, repository: Repository, number: number): string {
  const pull = repository.pulls.get(number);
  const onto = repository.head(pull?.base.ref ?? "");
  const head = repository.network.commits.get(pull?.head.sha ?? "");
  if (pull === undefined || onto === null || head === undefined) throw new Error(`nothing to merge in #${number}`);
  const files = Object.fromEntries(changedFiles(repository, onto.sha, head.sha));
  const message = `Merge pull request #${number} from ${pull.head.owner}/${pull.head.ref}\n\n${pull.title}`;
  // GitHub signs the commits that it makes itself.
  const verification = { verified: true, reason: "valid" };
  const author = { name: pull.author.login, email: `${pull.author.login}@users.noreply.github.com` };
  const merge = repository.keep(onto, { files, message, author, verification }, [head.sha]);
  closeAs(github, repository, pull, merge.sha);
  repository.move(`refs/heads/${pull.base.ref}`, merge.sha);
  return merge.sha;
}

export function closePull(github: GitHub, repository: Repository, number: number): void {
  const pull = repository.pulls.get(number);
  if (pull?.state === "open") closeAs(github, repository, pull, null);
}

/** The pull requests of a pushed branch move on with it. */
export function followPush(github: GitHub, event: GitHubEvent): void {
  if (event.kind !== "pushed" || event.after === null) return;
  for (const repository of github.repositories) {
    for (const pull of repository.pulls.values()) {
      const isHead = pull.head.repository === event.repository && event.ref === `refs/heads/${pull.head.ref}`;
      if (!isHead || pull.state === "closed") continue;
      const base = { ...pull.base, sha: repository.head(pull.base.ref)?.sha ?? pull.base.sha };
      const moved = { ...pull, base, head: { ...pull.head, sha: event.after }, updatedAt: github.now() };
      keepPull(repository, moved);
      github.log.add({ kind: "pull-request", action: "synchronize", repository, pull: moved, before: event.before });
    }
  }
}

/** Those that brought a commit in, or would. */
export function pullsOf(repository: Repository, sha: string): readonly Pull[] {
  return [...repository.pulls.values()].filter(
    (pull) =>
      pull.mergeCommit === sha ||
      commitsBetween(repository.network.commits, pull.base.sha, pull.head.sha).some((commit) => commit.sha === sha),
  );
}

function closeAs(github: GitHub, repository: Repository, pull: Pull, mergeCommit: string | null): void {
  const now = github.now();
  const closed: Pull = { ...pull, state: "closed", mergeCommit, updatedAt: now, closedAt: now };
  repository.pulls.set(pull.number, closed);
  github.log.add({ kind: "pull-request", action: "closed", repository, pull: closed, before: null });
}

/** The base repository has a ref for the head, also of a fork; nobody is told when it moves. */
function keepPull(repository: Repository, pull: Pull): void {
  repository.pulls.set(pull.number, pull);
  repository.refs.set(`refs/pull/${pull.number}/head`, pull.head.sha);
}

/** What the head changed since it parted, to be laid over the base; where both changed a file, the head's stays. */
function changedFiles(repository: Repository, onto: string, head: string) {
  const { commits } = repository.network;
  const base = new Set(historyOf(commits, onto).map(({ sha }) => sha));
  const parted = historyOf(commits, head).find(({ sha }) => base.has(sha))?.tree ?? new Map();
  const tree = commits.get(head)?.tree ?? new Map();
  const changed = [...tree].filter(([path, entry]) => parted.get(path) !== entry);
  const gone = [...parted.keys()].filter((path) => !tree.has(path)).map((path) => [path, null] as const);
  return [...changed, ...gone];
}
