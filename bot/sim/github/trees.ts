import { notFound, ok, type Reply, type RepositoryCall, refuse } from "./call.ts";
import { contentOf, modeOf, rowsOf, type Tree, type TreeRow, treeSha } from "./git-objects.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl } from "./show-commit.ts";

/** Also takes a commit, a branch or a tag, whose root it is then. */
export function getTree(call: RepositoryCall): Reply {
  const { repository, parameters, url, links } = call;
  if (repository.refs.size === 0) return refuse(409, "Git Repository is empty.");
  const found = askedTree(repository, parameters["tree_sha"] ?? "");
  if (found === null) return notFound();
  const { tree, folder } = found;
  // Any value counts, "0" and "false" too.
  const rows = url.searchParams.has("recursive") ? deepRows(tree, folder) : rowsOf(tree, folder);
  const sha = treeSha(tree, folder);
  const git = `${repositoryUrl(repository, links)}/git`;
  const shown = rows.slice(0, repository.mostTreeRows).map((row) => showRow(row, folder, git));
  return ok({ sha, url: `${git}/trees/${sha}`, tree: shown, truncated: shown.length < rows.length });
}

function askedTree(repository: Repository, asked: string): { readonly tree: Tree; readonly folder: string } | null {
  const commit = repository.commitAt(asked);
  if (commit !== null) return { tree: commit.tree, folder: "" };
  for (const { tree } of repository.network.commits.values()) {
    const folder = ["", ...foldersOf(tree)].find((one) => treeSha(tree, one) === asked);
    if (folder !== undefined) return { tree, folder };
  }
  return null;
}

function foldersOf(tree: Tree): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of tree.keys()) {
    const parts = path.split("/").slice(0, -1);
    for (const [index] of parts.entries()) folders.add(parts.slice(0, index + 1).join("/"));
  }
  return folders;
}

/** Each folder before what is in it. */
function deepRows(tree: Tree, folder: string): readonly TreeRow[] {
  return rowsOf(tree, folder).flatMap((row) => (row.entry === null ? [row, ...deepRows(tree, row.path)] : [row]));
}

function showRow({ path, entry, sha }: TreeRow, folder: string, git: string): object {
  const row = { path: folder === "" ? path : path.slice(folder.length + 1), mode: modeOf(entry).padStart(6, "0") };
  if (entry === null) return { ...row, type: "tree", sha, url: `${git}/trees/${sha}` };
  // What a submodule names is in no repository here.
  if (entry.kind === "submodule") return { ...row, type: "commit", sha };
  return { ...row, type: "blob", sha, size: contentOf(entry).length, url: `${git}/blobs/${sha}` };
}
