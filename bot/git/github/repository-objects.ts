import type { Octokit } from "octokit";
import { parseInstant } from "../../core/instant.ts";
import { type CommitFacts, shown } from "../commit-facts.ts";
import type { EntryAtCommit } from "../commit-file.ts";
import { listWithin, pageWithin, shaWithin, textWithin, within } from "./shape.ts";
import { GitHubFailed } from "./trouble.ts";

/** A repository, and what ends its requests. */
export interface Repository {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly signal: AbortSignal;
}

export interface CommitOnGitHub extends CommitFacts {
  readonly tree: string;
  readonly url: string | null;
}

/** What every request takes. */
export const askedOf = ({ owner, repo, signal }: Repository) => ({ owner, repo, request: { signal } });

/** The commit that a ref's object is, or that a tag is of; tags may be of tags. */
export async function peeled(
  repository: Repository,
  object: { readonly type: string; readonly sha: string },
): Promise<string> {
  let { type, sha } = object;
  for (let depth = 0; type === "tag" && depth < MOST_TAGS; depth += 1) {
    const { data } = await repository.octokit.rest.git.getTag({ ...askedOf(repository), tag_sha: sha });
    type = textWithin(data, "object", "type");
    sha = shaWithin(data, "object", "sha");
  }
  if (type !== "commit") throw new GitHubFailed({ says: `the ref names a ${type}, which is no commit`, kind: "odd" });
  return sha;
}

const MOST_TAGS = 5;

export async function commitAt(repository: Repository, commit_sha: string): Promise<CommitOnGitHub> {
  const { data } = await repository.octokit.rest.git.getCommit({ ...askedOf(repository), commit_sha });
  // The first paragraph in one line, which git calls the subject.
  const [subject = ""] = textWithin(data, "message")
    .trim()
    .split(/\n\s*\n/);
  return {
    subject: shown(subject.replaceAll("\n", " ")),
    author: shown(textWithin(data, "author", "name")),
    when: parseInstant(within(data, "committer", "date")),
    tree: shaWithin(data, "tree", "sha"),
    url: pageWithin(data, "html_url"),
  };
}

/**
 * Looked for folder by folder: GitHub's own way to a path follows links, and calls what they lead to a file. Null where
 * there is nothing.
 */
export async function entryAt(repository: Repository, tree: string, path: string): Promise<EntryAtCommit | null> {
  const names = path.split("/");
  let folder = tree;
  for (const [depth, name] of names.entries()) {
    const row = await rowOf(repository, folder, name);
    if (row === null) return null;
    const mode = textWithin(row, "mode");
    const sha = shaWithin(row, "sha");
    if (depth === names.length - 1) return entryOf(repository, { mode, sha, size: within(row, "size") });
    if (mode !== FOLDER) return null;
    folder = sha;
  }
  return null;
}

const FOLDER = "040000";

async function rowOf(repository: Repository, tree_sha: string, name: string): Promise<unknown> {
  const { data } = await repository.octokit.rest.git.getTree({ ...askedOf(repository), tree_sha });
  const row = listWithin(data, "tree").find((one) => within(one, "path") === name);
  if (row === undefined && within(data, "truncated") === true)
    throw new GitHubFailed({ says: `a folder on the way to ${name} holds more than GitHub lists`, kind: "odd" });
  return row ?? null;
}

function entryOf(
  repository: Repository,
  { mode, sha, size }: { readonly mode: string; readonly sha: string; readonly size: unknown },
): EntryAtCommit {
  return {
    mode,
    // Where it is not told, the bytes are judged: how many may come is bounded.
    size: async () => (typeof size === "number" ? size : (await blobAt(repository, sha)).length),
    bytes: () => blobAt(repository, sha),
  };
}

async function blobAt(repository: Repository, file_sha: string): Promise<Buffer> {
  const { data } = await repository.octokit.rest.git.getBlob({ ...askedOf(repository), file_sha });
  const bytes = Buffer.from(textWithin(data, "content"), "base64");
  if (within(data, "encoding") === "base64" && within(data, "size") === bytes.length) return bytes;
  throw new GitHubFailed({ says: "GitHub sent another number of bytes than the file has", kind: "odd" });
}
