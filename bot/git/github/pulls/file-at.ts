import { type FileAtCommit, fileAtCommit } from "../../commit-file.ts";
import { entryIn, type GitObjects, parseBlob, parseTree, type Tree } from "../tree-walk.ts";
import { GitHubFailed } from "../trouble.ts";
import type { Calls } from "./calls.ts";
import { Question } from "./question.ts";

/** One file at any commit, by the rules that hold for the policy's source; asked for once, since a sha is a sha. */
export class FilesAt {
  readonly #objects: GitObjects;
  readonly #path: string;

  constructor(calls: Calls, path: string) {
    const trees = new Question(calls, "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", wholeTree);
    const blobs = new Question(calls, "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", parseBlob);
    this.#objects = {
      tree: (sha) => trees.ask({ tree_sha: sha }),
      blob: (sha) => blobs.ask({ file_sha: sha }),
    };
    this.#path = path;
  }

  /** Rejects with CallFailed, or with Over. */
  async at(commit: string): Promise<FileAtCommit> {
    const path = this.#path;
    const entry = await entryIn(this.#objects, commit, path);
    if (entry !== null) return fileAtCommit(entry, { commit, path, ref: "the pull request" });
    return { ok: false, found: `${path} would be gone: it is not there at ${commit.slice(0, 7)}` };
  }

  /** Whether the very same stands there at both, or nothing at either. Rejects with CallFailed, or with Over. */
  async isSame(commit: string, other: string): Promise<boolean> {
    const one = await entryIn(this.#objects, commit, this.#path);
    const two = await entryIn(this.#objects, other, this.#path);
    return one?.sha === two?.sha && one?.mode === two?.mode;
  }
}

function wholeTree(data: unknown): Tree {
  const tree = parseTree(data);
  if (!tree.isTruncated) return tree;
  throw new GitHubFailed({ says: "a folder on the way to the policy holds more than GitHub lists", kind: "odd" });
}
