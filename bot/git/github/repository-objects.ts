import type { Octokit } from "octokit";
import { parseInstant } from "../../core/instant.ts";
import { type CommitFacts, shown } from "../commit-facts.ts";
import type { EntryAtCommit } from "../commit-file.ts";
import { pageWithin, shaWithin, textWithin, within } from "./shape.ts";
import { entryIn, type GitObjects, parseBlob, parseTree } from "./tree-walk.ts";
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

/** Rejects with what `wordsOf` has words for. */
export function entryAt(repository: Repository, tree: string, path: string): Promise<EntryAtCommit | null> {
  const { git } = repository.octokit.rest;
  const objects: GitObjects = {
    tree: async (tree_sha) => parseTree((await git.getTree({ ...askedOf(repository), tree_sha })).data),
    blob: async (file_sha) => parseBlob((await git.getBlob({ ...askedOf(repository), file_sha })).data),
  };
  return entryIn(objects, tree, path);
}
