import type { EntryAtCommit } from "../commit-file.ts";
import { listWithin, shaWithin, textWithin, within } from "./shape.ts";
import { GitHubFailed } from "./trouble.ts";

interface Row {
  readonly name: string;
  /** Git's own. */
  readonly mode: string;
  readonly sha: string;
  readonly size: number | null;
}

/** One folder of a commit. */
export interface Tree {
  readonly rows: readonly Row[];
  /** GitHub lists no more than so many. */
  readonly isTruncated: boolean;
}

export interface TreeEntry extends EntryAtCommit {
  readonly sha: string;
}

/** How git's objects are asked for, by their shas. */
export interface GitObjects {
  tree(sha: string): Promise<Tree>;
  blob(sha: string): Promise<Buffer>;
}

const FOLDER = "040000";

/**
 * Looked for folder by folder: GitHub's own way to a path follows links, and calls what they lead to a file. `root` is a
 * tree or a commit. Null where there is nothing. Rejects as the questions do, and with GitHubFailed.
 */
export async function entryIn(objects: GitObjects, root: string, path: string): Promise<TreeEntry | null> {
  const names = path.split("/");
  let folder = root;
  for (const [depth, name] of names.entries()) {
    const { rows, isTruncated } = await objects.tree(folder);
    const row = rows.find((one) => one.name === name);
    if (row === undefined && isTruncated)
      throw new GitHubFailed({ says: `a folder on the way to ${name} holds more than GitHub lists`, kind: "odd" });
    if (row === undefined) return null;
    if (depth === names.length - 1) return entryOf(row, objects);
    if (row.mode !== FOLDER) return null;
    folder = row.sha;
  }
  return null;
}

function entryOf({ mode, sha, size }: Row, { blob }: GitObjects): TreeEntry {
  const bytes = (): Promise<Buffer> => blob(sha);
  // Where it is not told, the bytes are judged: how many may come is bounded.
  return { mode, sha, bytes, size: async () => size ?? (await bytes()).length };
}

export function parseTree(data: unknown): Tree {
  const rows = listWithin(data, "tree").map((one): Row => {
    const size = within(one, "size");
    const row = { name: textWithin(one, "path"), mode: textWithin(one, "mode"), sha: shaWithin(one, "sha") };
    return { ...row, size: typeof size === "number" ? size : null };
  });
  return { rows, isTruncated: within(data, "truncated") === true };
}

export function parseBlob(data: unknown): Buffer {
  const bytes = Buffer.from(textWithin(data, "content"), "base64");
  if (within(data, "encoding") === "base64" && within(data, "size") === bytes.length) return bytes;
  throw new GitHubFailed({ says: "GitHub sent another number of bytes than the file has", kind: "odd" });
}
