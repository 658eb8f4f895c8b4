import { type EntryAtCommit, type FileAtCommit, fileAtCommit } from "../../commit-file.ts";
import { listWithin, shaWithin, textWithin, within } from "../shape.ts";
import { GitHubFailed } from "../trouble.ts";
import type { Calls } from "./calls.ts";
import { Question } from "./question.ts";

interface Row {
  readonly name: string;
  /** Git's own. */
  readonly mode: string;
  readonly sha: string;
  readonly size: number | null;
}

const FOLDER = "040000";

/** One file at any commit, by the rules that hold for the policy's source; asked for once, since a sha is a sha. */
export class FilesAt {
  readonly #trees: Question<readonly Row[]>;
  readonly #blobs: Question<Buffer>;
  readonly #path: string;

  constructor(calls: Calls, path: string) {
    this.#trees = new Question(calls, "GET /repos/{owner}/{repo}/git/trees/{tree_sha}", parseTree);
    this.#blobs = new Question(calls, "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", parseBlob);
    this.#path = path;
  }

  /** Rejects with CallFailed, or with Over. */
  async at(commit: string): Promise<FileAtCommit> {
    const path = this.#path;
    const entry = await this.#entryAt(commit);
    if (entry !== null) return fileAtCommit(entry, { commit, path, ref: "the pull request" });
    return { ok: false, found: `${path} would be gone: it is not there at ${commit.slice(0, 7)}` };
  }

  /** Folder by folder: of a link to a file GitHub's contents are that file. Null where there is nothing. */
  async #entryAt(commit: string): Promise<EntryAtCommit | null> {
    const names = this.#path.split("/");
    let tree = commit;
    for (const [depth, name] of names.entries()) {
      const row = (await this.#trees.ask({ tree_sha: tree })).find((one) => one.name === name);
      if (row === undefined) return null;
      if (depth === names.length - 1) return this.#entryOf(row);
      if (row.mode !== FOLDER) return null;
      tree = row.sha;
    }
    return null;
  }

  #entryOf({ mode, sha, size }: Row): EntryAtCommit {
    const bytes = (): Promise<Buffer> => this.#blobs.ask({ file_sha: sha });
    return { mode, bytes, size: async () => size ?? (await bytes()).length };
  }
}

function parseTree(data: unknown): readonly Row[] {
  if (within(data, "truncated") === true)
    throw new GitHubFailed({ says: "a folder on the way to the policy holds more than GitHub lists", kind: "odd" });
  return listWithin(data, "tree").map((one) => {
    const size = within(one, "size");
    const row = { name: textWithin(one, "path"), mode: textWithin(one, "mode"), sha: shaWithin(one, "sha") };
    return { ...row, size: typeof size === "number" ? size : null };
  });
}

function parseBlob(data: unknown): Buffer {
  const bytes = Buffer.from(textWithin(data, "content"), "base64");
  if (within(data, "encoding") === "base64" && within(data, "size") === bytes.length) return bytes;
  throw new GitHubFailed({ says: "GitHub sent another number of bytes than the file has", kind: "odd" });
}
