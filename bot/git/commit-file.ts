import type { Bare } from "./bare.ts";
import { decodeText, MOST_BYTES } from "./policy-file.ts";

export type FileAtCommit =
  | { readonly ok: true; readonly text: string }
  /** What is there instead, as a sentence without its end. */
  | { readonly ok: false; readonly found: string };

const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/** A regular file of a sane size: a link would be read from wherever it points to. Rejects with GitFailed. */
export async function fileAtCommit(
  repository: Bare,
  at: { readonly commit: string; readonly path: string; readonly ref: string },
): Promise<FileAtCommit> {
  const { commit, path, ref } = at;
  const short = commit.slice(0, 7);
  const unfit = (found: string): FileAtCommit => ({ ok: false, found: `${path} ${found}` });
  const listed = await repository.line(["ls-tree", "-z", "--full-tree", "--end-of-options", commit, path]);
  const [mode = "", , object = ""] = listed.split(/\s/);
  const other = otherKind(mode, `in ${ref} at ${short}`, short);
  if (other !== null) return unfit(other);
  const size = Number(await repository.line(["cat-file", "-s", object]));
  if (size > MOST_BYTES) return unfit(`is larger than ${MOST_BYTES / 1024} KiB at ${short}`);
  const bytes = await repository.run(["cat-file", "blob", object]);
  const decoded = decodeText(bytes);
  if ("found" in decoded) return unfit(`${decoded.found} (at ${short})`);
  if (decoded.text.startsWith(LFS_POINTER))
    return unfit(`is a pointer of Git LFS at ${short}; keep the policy itself in the repository`);
  return { ok: true, text: decoded.text };
}

function otherKind(mode: string, where: string, short: string): string | null {
  switch (mode) {
    case "100644":
    case "100755":
      return null;
    case "":
      return `is not ${where}`;
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
