import type { Stoppable } from "../../coordinator/ports.ts";
import type { Instant } from "../../core/instant.ts";
import type { EventLog } from "../event-log.ts";
import { historyOf } from "./ancestry.ts";
import type { Account, CheckRun, CheckSuite, Comment, Pull, Status } from "./conversation.ts";
import {
  aCommit,
  aTag,
  blobSha,
  type Commit,
  contentOf,
  type Entry,
  type Signature,
  type Tag,
  UNSIGNED,
  type Verification,
} from "./git-objects.ts";
import type { GitHubNews } from "./github-news.ts";
import type { MergeGroup } from "./merge-queue.ts";
import type { TestMerge } from "./merges.ts";
import type { Rule, Ruleset } from "./rulesets.ts";

export interface CommitDraft {
  /** The default branch if not given. A branch that is not there yet begins with this commit. */
  readonly branch?: string;
  /** What is new or changed by path; null takes away. */
  readonly files: Readonly<Record<string, string | Entry | null>>;
  readonly message?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly date?: Instant;
  /** The author, at the same time, if not given. */
  readonly committer?: { readonly name: string; readonly email: string };
  readonly verification?: Verification;
}

/** Commits, tags and blobs of a repository and all its forks, which GitHub keeps in one place. */
export interface Network {
  readonly commits: Map<string, Commit>;
  readonly tags: Map<string, Tag>;
  readonly blobs: Map<string, Buffer>;
}

/** Classic protection of one branch. */
interface Protection {
  /** The checks, or contexts of statuses, that a pull request waits for. */
  readonly requiredChecks: readonly string[];
}

export interface RepositoryOptions {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly forkOf: Repository | null;
  readonly now: () => Instant;
  readonly log: EventLog<GitHubNews>;
  readonly accountOf: (email: string) => Account | null;
}

const SOMEONE = { name: "Ana", email: "ana@example.com" };

export class Repository {
  readonly id: number;
  readonly forkOf: Repository | null;
  readonly network: Network;
  readonly refs = new Map<string, string>();
  readonly pulls = new Map<number, Pull>();
  /** By the pull request's number. */
  readonly testMerges = new Map<number, TestMerge>();
  /** The queues of all branches, by the pull request's number, in their order. */
  readonly mergeGroups = new Map<number, MergeGroup>();
  readonly comments = new Map<number, Comment>();
  readonly checkSuites = new Map<number, CheckSuite>();
  readonly checkRuns = new Map<number, CheckRun>();
  readonly statuses: Status[] = [];
  /** Of one answer; the rest is cut off. */
  mostTreeRows = 100_000;
  owner: string;
  name: string;
  isPrivate: boolean;
  defaultBranch: string;
  /** Whose address it is, if anybody's. */
  readonly accountOf: (email: string) => Account | null;
  readonly #now: () => Instant;
  readonly #log: EventLog<GitHubNews>;
  readonly #protections = new Map<string, Protection>();
  readonly #rulesets = new Set<Ruleset>();
  /** The new name by the old one. */
  readonly #renamed = new Map<string, string>();

  constructor(options: RepositoryOptions) {
    this.id = options.id;
    this.owner = options.owner;
    this.name = options.name;
    this.isPrivate = options.isPrivate;
    this.defaultBranch = options.defaultBranch;
    this.forkOf = options.forkOf;
    this.network = options.forkOf?.network ?? { commits: new Map(), tags: new Map(), blobs: new Map() };
    this.accountOf = options.accountOf;
    this.#now = options.now;
    this.#log = options.log;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** Adds a commit on top of a branch, as a push does. */
  commit(draft: CommitDraft): Commit {
    const branch = draft.branch ?? this.defaultBranch;
    const on = this.head(branch) ?? this.head(this.defaultBranch);
    const commit = this.keep(on, draft);
    this.move(`refs/heads/${branch}`, commit.sha);
    return commit;
  }

  /** A commit that no ref names yet. */
  keep(on: Commit | null, draft: CommitDraft, otherParents: readonly string[] = []): Commit {
    const author: Signature = { ...(draft.author ?? SOMEONE), date: draft.date ?? this.#now() };
    const { committer } = draft;
    const tree = new Map(on?.tree);
    for (const [path, file] of Object.entries(draft.files)) {
      if (file === null) tree.delete(path);
      else tree.set(path, typeof file === "string" ? { kind: "file", content: Buffer.from(file) } : file);
    }
    const commit = aCommit({
      tree,
      parents: [...(on === null ? [] : [on.sha]), ...otherParents],
      author,
      committer: committer === undefined ? author : { ...committer, date: this.#now() },
      message: draft.message ?? "Change the policy",
      verification: draft.verification ?? UNSIGNED,
    });
    this.network.commits.set(commit.sha, commit);
    for (const entry of tree.values()) {
      if (entry.kind === "submodule") continue;
      const content = contentOf(entry);
      this.network.blobs.set(blobSha(content), content);
    }
    return commit;
  }

  branch(name: string, from: string = this.defaultBranch): Commit {
    const commit = this.commitAt(from);
    if (commit === null) throw new Error(`${this.fullName} has no ${from} to branch from`);
    this.move(`refs/heads/${name}`, commit.sha);
    return commit;
  }

  tag(name: string, sha: string): void {
    this.move(`refs/tags/${name}`, sha);
  }

  /** A tag that is an object of its own, with a message; its sha. */
  annotatedTag(name: string, commit: string, message: string): string {
    const tag = aTag({ name, commit, message, tagger: { ...SOMEONE, date: this.#now() } });
    this.network.tags.set(tag.sha, tag);
    this.move(`refs/tags/${name}`, tag.sha);
    return tag.sha;
  }

  /** Moves a branch to any commit, also backwards. */
  forcePush(branch: string, sha: string): void {
    this.move(`refs/heads/${branch}`, sha);
  }

  deleteBranch(name: string): void {
    this.move(`refs/heads/${name}`, null);
  }

  renameBranch(from: string, to: string): void {
    const head = this.head(from);
    if (head === null) throw new Error(`${this.fullName} has no branch ${from}`);
    if (this.defaultBranch === from) this.defaultBranch = to;
    this.#renamed.set(from, to);
    const protection = this.#protections.get(from);
    this.#protections.delete(from);
    if (protection !== undefined) this.#protections.set(to, protection);
    this.move(`refs/heads/${to}`, head.sha);
    this.move(`refs/heads/${from}`, null);
  }

  /** In place of what protected it before. */
  protect(branch: string, { requiredChecks = [] }: Partial<Protection> = {}): void {
    this.#protections.set(branch, { requiredChecks });
  }

  unprotect(branch: string): void {
    this.#protections.delete(branch);
  }

  protectionOf(branch: string): Protection | null {
    return this.#protections.get(branch) ?? null;
  }

  /** Active until it is stopped. */
  addRuleset(id: number, branch: string, rules: readonly Rule[]): Stoppable {
    const ruleset: Ruleset = { id, branch, rules };
    this.#rulesets.add(ruleset);
    return { stop: () => this.#rulesets.delete(ruleset) };
  }

  rulesetsFor(branch: string): readonly Ruleset[] {
    return [...this.#rulesets].filter((ruleset) => ruleset.branch === branch);
  }

  renamedTo(branch: string): string | null {
    return this.#renamed.get(branch) ?? null;
  }

  head(branch: string): Commit | null {
    return this.network.commits.get(this.refs.get(`refs/heads/${branch}`) ?? "") ?? null;
  }

  /** Takes what the API takes as a ref: a branch, a tag, a full or shortened sha, or "heads/…", "refs/…". */
  commitAt(ref: string): Commit | null {
    const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`, ref];
    const named = names.map((name) => this.refs.get(name)).find((sha) => sha !== undefined);
    if (named !== undefined) return this.#peeled(named);
    if (!/^[0-9a-f]{7,40}$/.test(ref)) return null;
    const short = [...this.network.commits.values()].find(({ sha }) => sha.startsWith(ref));
    return short ?? this.#peeled(ref);
  }

  move(ref: string, after: string | null): void {
    const before = this.refs.get(ref) ?? null;
    if (before === after) return;
    if (after === null) this.refs.delete(ref);
    else this.refs.set(ref, after);
    const forced = before !== null && after !== null && !this.#isAncestor(before, after);
    this.#log.add({ kind: "pushed", repository: this, ref, before, after, forced });
  }

  /** The commit itself, or the one that a tag names. */
  #peeled(sha: string): Commit | null {
    const { commits, tags } = this.network;
    return commits.get(tags.get(sha)?.commit ?? sha) ?? null;
  }

  #isAncestor(sha: string, of: string): boolean {
    return historyOf(this.network.commits, of).some((commit) => commit.sha === sha);
  }
}
