import { createHash } from "node:crypto";
import type { Instant } from "../../core/instant.ts";

/** What stands at a path of a commit. A pointer of Git LFS is a file like any other. */
export type Entry =
  | { readonly kind: "file"; readonly content: Buffer; readonly isExecutable?: boolean }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "submodule"; readonly commit: string; readonly url: string };

/** An object of its own that names a commit; a plain tag is only a ref. */
export interface Tag {
  readonly sha: string;
  readonly name: string;
  readonly commit: string;
  readonly tagger: Signature;
  readonly message: string;
}

/** By path from the root, folders included in the paths only. */
export type Tree = ReadonlyMap<string, Entry>;

export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: Instant;
}

export interface Verification {
  readonly verified: boolean;
  /** GitHub's word for it: "valid", "unsigned", "unknown_key", "bad_email", "unverified_email", … */
  readonly reason: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: Tree;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly verification: Verification;
}

export const UNSIGNED: Verification = { verified: false, reason: "unsigned" };

export function blobSha(content: Buffer): string {
  return objectSha("blob", content);
}

/** The sha under which GitHub lists what stands at a path. */
export function entrySha(entry: Entry): string {
  return entry.kind === "submodule" ? entry.commit : blobSha(contentOf(entry));
}

/** A link's content is its target, as in git. */
export function contentOf(entry: Exclude<Entry, { kind: "submodule" }>): Buffer {
  return entry.kind === "file" ? entry.content : Buffer.from(entry.target);
}

/** The names right below a folder: "" is the root. A name that is a folder itself has no entry. */
export function childrenOf(tree: Tree, folder: string): ReadonlyMap<string, Entry | null> {
  const prefix = folder === "" ? "" : `${folder}/`;
  const children = new Map<string, Entry | null>();
  for (const [path, entry] of tree) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...deeper] = path.slice(prefix.length).split("/");
    children.set(name, deeper.length === 0 ? entry : null);
  }
  return new Map([...children].sort(([one], [other]) => (one < other ? -1 : 1)));
}

export interface TreeRow {
  readonly name: string;
  /** From the root. */
  readonly path: string;
  /** Null for a folder. */
  readonly entry: Entry | null;
  readonly sha: string;
}

/** The rows of a folder's tree object, in git's order. */
export function rowsOf(tree: Tree, folder = ""): readonly TreeRow[] {
  const rows = [...childrenOf(tree, folder)].map(([name, entry]) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    return { name, path, entry, sha: entry === null ? treeSha(tree, path) : entrySha(entry) };
  });
  const order = ({ name, entry }: TreeRow) => (entry === null ? `${name}/` : name);
  return rows.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** As git makes it, so that a repository with the same files has the same sha everywhere. */
export function treeSha(tree: Tree, folder = ""): string {
  const parts = rowsOf(tree, folder).flatMap(({ name, entry, sha }) => {
    return [Buffer.from(`${modeOf(entry)} ${name}\0`), Buffer.from(sha, "hex")];
  });
  return objectSha("tree", Buffer.concat(parts));
}

/** What a signature says of a commit is part of it, as the signature itself is in git. */
export function aCommit(draft: Omit<Commit, "sha">): Commit {
  const lines = [
    `tree ${treeSha(draft.tree)}`,
    ...draft.parents.map((parent) => `parent ${parent}`),
    `author ${stampOf(draft.author)}`,
    `committer ${stampOf(draft.committer)}`,
    ...(draft.verification.reason === "unsigned" ? [] : [`gpgsig ${draft.verification.reason}`]),
    "",
    draft.message,
    "",
  ];
  return { ...draft, sha: objectSha("commit", Buffer.from(lines.join("\n"))) };
}

export function aTag(draft: Omit<Tag, "sha">): Tag {
  const { name, commit, tagger, message } = draft;
  const lines = [`object ${commit}`, "type commit", `tag ${name}`, `tagger ${stampOf(tagger)}`, "", message, ""];
  return { ...draft, sha: objectSha("tag", Buffer.from(lines.join("\n"))) };
}

function objectSha(kind: string, content: Buffer): string {
  return createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
}

/** As git writes it; the API writes six digits. */
export function modeOf(entry: Entry | null): string {
  if (entry === null) return "40000";
  switch (entry.kind) {
    case "file":
      return entry.isExecutable === true ? "100755" : "100644";
    case "symlink":
      return "120000";
    case "submodule":
      return "160000";
    default:
      return entry satisfies never;
  }
}

function stampOf({ name, email, date }: Signature): string {
  return `${name} <${email}> ${Math.floor(date / 1_000)} +0000`;
}
