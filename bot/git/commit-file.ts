import { decodeText, MOST_BYTES } from "./policy-file.ts";

/** What stands at the path, in git's own mode; however the repository is reached. */
export interface EntryAtCommit {
  /** As 100644. */
  readonly mode: string;
  size(): Promise<number>;
  bytes(): Promise<Buffer>;
}

export type FileAtCommit =
  | { readonly ok: true; readonly text: string }
  /** What is there instead, as a sentence without its end. */
  | { readonly ok: false; readonly found: string };

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/** A regular file of a sane size: a link would be read from wherever it points to. Rejects as the entry does. */
export async function fileAtCommit(
  entry: EntryAtCommit | null,
  at: { readonly commit: string; readonly path: string; readonly ref: string },
): Promise<FileAtCommit> {
  const { commit, path, ref } = at;
  const short = commit.slice(0, 7);
  const unfit = (found: string): FileAtCommit => ({ ok: false, found: `${path} ${found}` });
  if (entry === null) return unfit(`is not in ${ref} at ${short}`);
  const other = otherKind(entry.mode, short);
  if (other !== null) return unfit(other);
  if ((await entry.size()) > MOST_BYTES) return unfit(`is larger than ${MOST_BYTES / 1024} KiB at ${short}`);
  const decoded = decodeText(await entry.bytes());
  if ("found" in decoded) return unfit(`${decoded.found} (at ${short})`);
  if (decoded.text.startsWith(LFS_POINTER))
    return unfit(`is a pointer of Git LFS at ${short}; keep the policy itself in the repository`);
  return { ok: true, text: decoded.text };
}

function otherKind(mode: string, short: string): string | null {
  switch (mode) {
    case "100644":
    case "100755":
      return null;
    case "120000":
      return `is a symbolic link at ${short}; a policy must be a file`;
    case "160000":
      return `is a submodule at ${short}; a policy must be a file of the repository itself`;
    case "040000":
      return `is a directory at ${short}; name the policy's file in it`;
    default:
      return `is no regular file at ${short}`;
  }
}
