import { commitsBetween, mergeBase } from "./ancestry.ts";
import type { Pull } from "./conversation.ts";
import { type Commit, type Entry, entrySha, type Tree } from "./git-objects.ts";
import type { Repository } from "./repository.ts";

export type MergeMethod = "merge" | "squash" | "rebase";

/** What was last found out about merging a pull request, and for which two commits. */
export interface TestMerge {
  readonly base: string;
  readonly head: string;
  /** Null where both changed the same file in different ways. */
  readonly sha: string | null;
}

export interface Mergeability {
  /** Null while GitHub works it out. */
  readonly mergeable: boolean | null;
  /** As `merge_commit_sha` shows it: of an older test while a new one is being worked out. */
  readonly sha: string | null;
}

type Changes = Readonly<Record<string, Entry | null>>;

const BY_GITHUB = { name: "GitHub", email: "noreply@github.com" };
/** GitHub signs the commits that it makes itself. */
const SIGNED = { verified: true, reason: "valid" };

/** What is known now, without any work. */
export function mergeabilityOf(repository: Repository, pull: Pull): Mergeability {
  const last = repository.testMerges.get(pull.number) ?? null;
  if (pull.mergeCommit !== null) return { mergeable: null, sha: pull.mergeCommit };
  const isFresh = last !== null && last.base === repository.head(pull.base.ref)?.sha && last.head === pull.head.sha;
  if (last === null || !isFresh || pull.state === "closed") return { mergeable: null, sha: last?.sha ?? null };
  return { mergeable: last.sha !== null, sha: last.sha };
}

/** GitHub begins to work it out for the first who asks, so that the next one is told. */
export function tryMerge(repository: Repository, pull: Pull): void {
  const { commits } = repository.network;
  const [onto, head] = [repository.head(pull.base.ref), commits.get(pull.head.sha)];
  const isWanted = pull.state === "open" && mergeabilityOf(repository, pull).mergeable === null;
  if (!isWanted || onto === null || head === undefined) return;
  const files = mergedFiles(repository, onto, head);
  const message = `Merge ${head.sha} into ${onto.sha}`;
  const draft = { message, author: authorOf(pull), committer: BY_GITHUB };
  const sha = files === null ? null : repository.keep(onto, { ...draft, files }, [head.sha]).sha;
  repository.testMerges.set(pull.number, { base: onto.sha, head: head.sha, sha });
  // Where it cannot be merged the ref stays where it was, as GitHub leaves it.
  if (sha !== null) repository.refs.set(`refs/pull/${pull.number}/merge`, sha);
}

/** The commits that bring a pull request onto its base, or onto what that is going to be; the last one is its new head. Null for a conflict. */
export function landingOf(
  repository: Repository,
  pull: Pull,
  how: MergeMethod,
  onto: Commit | null = repository.head(pull.base.ref),
): readonly Commit[] | null {
  const { number, title, head: from } = pull;
  const head = repository.network.commits.get(from.sha);
  if (onto === null || head === undefined) return null;
  const files = mergedFiles(repository, onto, head);
  if (files === null) return null;
  const common = { files, author: authorOf(pull), committer: BY_GITHUB, verification: SIGNED };
  switch (how) {
    case "merge": {
      const message = `Merge pull request #${number} from ${from.owner}/${from.ref}\n\n${title}`;
      return [repository.keep(onto, { ...common, message }, [head.sha])];
    }
    case "squash":
      return [repository.keep(onto, { ...common, message: `${title} (#${number})` })];
    case "rebase":
      return rebased(repository, onto, head);
    default:
      return how satisfies never;
  }
}

/** One by one under new shas, also where nothing stands in between; merges are left out, and signatures are lost. */
function rebased(repository: Repository, onto: Commit, head: Commit): readonly Commit[] {
  const landed: Commit[] = [];
  for (const commit of commitsBetween(repository.network.commits, onto.sha, head.sha)) {
    if (commit.parents.length > 1) continue;
    const before = repository.network.commits.get(commit.parents[0] ?? "")?.tree ?? new Map();
    const files = Object.fromEntries(changesOf(before, commit.tree));
    const { author, message } = commit;
    const draft = { files, author, date: author.date, committer: BY_GITHUB, message };
    landed.push(repository.keep(landed.at(-1) ?? onto, draft));
  }
  return landed;
}

/** What the head changed since it parted, to be laid over the base; null where the base changed the same in another way. */
function mergedFiles(repository: Repository, onto: Commit, head: Commit): Changes | null {
  const parted: Tree = mergeBase(repository.network.commits, onto.sha, head.sha)?.tree ?? new Map();
  const theirs = changesOf(parted, head.tree);
  const ours = changesOf(parted, onto.tree);
  const isConflict = [...theirs].some(([path, entry]) => {
    const own = ours.get(path);
    return own !== undefined && shaOf(own) !== shaOf(entry);
  });
  return isConflict ? null : Object.fromEntries(theirs);
}

function changesOf(before: Tree, after: Tree): ReadonlyMap<string, Entry | null> {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => shaOf(before.get(path) ?? null) !== shaOf(after.get(path) ?? null));
  return new Map(changed.map((path) => [path, after.get(path) ?? null]));
}

function shaOf(entry: Entry | null): string | null {
  return entry === null ? null : `${entry.kind} ${entrySha(entry)}`;
}

function authorOf({ author: { login } }: Pull) {
  return { name: login, email: `${login}@users.noreply.github.com` };
}
