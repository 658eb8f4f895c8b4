import { commitsBetween, historyOf } from "./ancestry.ts";
import type { Pull } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import type { GitHubEvent, PullAction } from "./github-news.ts";
import { landingOf, type MergeMethod } from "./merges.ts";
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
  /** False if not given. */
  readonly isDraft?: boolean;
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
    isDraft: draft.isDraft ?? false,
    mergeCommit: null,
    landed: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  tell(github, repository, pull, "opened");
  return pull;
}

/** Merges as one of the three buttons does, and closes; the base's new head. */
export function mergePull(github: GitHub, repository: Repository, number: number, how: MergeMethod = "merge"): string {
  const pull = repository.pulls.get(number);
  const landed = pull === undefined ? null : landingOf(repository, pull, how);
  const last = landed?.at(-1);
  if (pull === undefined || landed === null || last === undefined) throw new Error(`nothing to merge in #${number}`);
  landPull(
    github,
    repository,
    pull,
    landed.map(({ sha }) => sha),
  );
  return last.sha;
}

/** Closes it as merged by these commits, on top of its base. */
export function landPull(github: GitHub, repository: Repository, pull: Pull, landed: readonly string[]): void {
  const mergeCommit = landed.at(-1) ?? null;
  closeAs(github, repository, pull, { mergeCommit, landed });
  if (mergeCommit !== null) repository.move(`refs/heads/${pull.base.ref}`, mergeCommit);
}

export function closePull(github: GitHub, repository: Repository, number: number): void {
  const pull = repository.pulls.get(number);
  if (pull?.state === "open") closeAs(github, repository, pull, {});
}

/** With what its branch has by now; false where it was merged or the branch is gone. */
export function reopenPull(github: GitHub, repository: Repository, number: number): boolean {
  const pull = repository.pulls.get(number);
  const head = pull?.head.repository.head(pull.head.ref);
  if (pull?.state !== "closed" || pull.mergeCommit !== null || head === null || head === undefined) return false;
  const opened: Pull = { ...pull, state: "open", closedAt: null, head: { ...pull.head, sha: head.sha } };
  tell(github, repository, { ...opened, updatedAt: github.now() }, "reopened");
  return true;
}

/** Makes a draft of it, or no more. */
export function markDraft(github: GitHub, repository: Repository, number: number, isDraft: boolean): void {
  const pull = repository.pulls.get(number);
  if (pull === undefined || pull.isDraft === isDraft) return;
  const action = isDraft ? "converted_to_draft" : "ready_for_review";
  tell(github, repository, { ...pull, isDraft, updatedAt: github.now() }, action);
}

export interface PullEdit {
  readonly title?: string;
  readonly body?: string;
  readonly base?: string;
}

/** False where there is no such base. */
export function editPull(github: GitHub, repository: Repository, number: number, edit: PullEdit): boolean {
  const pull = repository.pulls.get(number);
  const onto = repository.head(edit.base ?? pull?.base.ref ?? "");
  if (pull === undefined || onto === null) return false;
  const base = edit.base === undefined ? pull.base : { ref: edit.base, sha: onto.sha };
  const [title, body] = [edit.title ?? pull.title, edit.body ?? pull.body];
  const edited = { ...pull, title, body, base, updatedAt: github.now() };
  repository.pulls.set(number, edited);
  github.log.add({ kind: "pull-request", action: "edited", repository, pull: edited, before: null, was: pull });
  return true;
}

/** Something was said about it. */
export function touchPull(github: GitHub, repository: Repository, number: number): void {
  const pull = repository.pulls.get(number);
  if (pull !== undefined) repository.pulls.set(number, { ...pull, updatedAt: github.now() });
}

/**
 * The pull requests of a pushed branch move on with it and end with it. One whose commits reach its base by another way
 * counts as merged.
 */
export function followPush(github: GitHub, event: GitHubEvent): void {
  if (event.kind !== "pushed") return;
  for (const repository of github.repositories) {
    for (const pull of repository.pulls.values()) {
      if (pull.state === "closed") continue;
      const isHead = pull.head.repository === event.repository && event.ref === `refs/heads/${pull.head.ref}`;
      const isBase = repository === event.repository && event.ref === `refs/heads/${pull.base.ref}`;
      if (isHead) followHead(github, repository, pull, event);
      else if (isBase && event.after !== null && reaches(repository, event.after, pull.head.sha)) {
        closeAs(github, repository, pull, { mergeCommit: event.after, landed: [event.after] });
      }
    }
  }
}

type Pushed = Extract<GitHubEvent, { kind: "pushed" }>;

function followHead(github: GitHub, repository: Repository, pull: Pull, { before, after }: Pushed): void {
  if (after === null) {
    closeAs(github, repository, pull, {});
    return;
  }
  const base = { ...pull.base, sha: repository.head(pull.base.ref)?.sha ?? pull.base.sha };
  const moved = { ...pull, base, head: { ...pull.head, sha: after }, updatedAt: github.now() };
  tell(github, repository, moved, "synchronize", before);
}

/** The merged one that brought a commit onto the default branch; of a commit elsewhere those that have or would. */
export function pullsOf(repository: Repository, sha: string): readonly Pull[] {
  const { commits } = repository.network;
  const main = repository.head(repository.defaultBranch)?.sha ?? "";
  const isLanded = reaches(repository, main, sha);
  return [...repository.pulls.values()].filter((pull) => {
    if (pull.mergeCommit === null && (pull.state === "closed" || isLanded)) return false;
    if (pull.landed.includes(sha)) return true;
    return commitsBetween(commits, pull.base.sha, pull.head.sha).some((commit) => commit.sha === sha);
  });
}

function reaches(repository: Repository, from: string, sha: string): boolean {
  return historyOf(repository.network.commits, from).some((commit) => commit.sha === sha);
}

function closeAs(
  github: GitHub,
  repository: Repository,
  pull: Pull,
  how: Partial<Pick<Pull, "mergeCommit" | "landed">>,
) {
  const now = github.now();
  tell(github, repository, { ...pull, ...how, state: "closed", updatedAt: now, closedAt: now }, "closed");
}

/** The base repository has a ref for the head, also of a fork; nobody is told when it moves. */
function tell(
  github: GitHub,
  repository: Repository,
  pull: Pull,
  action: Exclude<PullAction, "edited">,
  before: string | null = null,
): void {
  repository.pulls.set(pull.number, pull);
  repository.refs.set(`refs/pull/${pull.number}/head`, pull.head.sha);
  github.log.add({ kind: "pull-request", action, repository, pull, before, was: null });
}
