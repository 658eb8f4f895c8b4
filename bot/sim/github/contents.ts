import { posix } from "node:path";
import { isFields, textField } from "../slack/fields.ts";
import { notFound, ok, type Reply, type RepositoryCall, refuse, wants } from "./call.ts";
import { type Commit, childrenOf, contentOf, type Entry, entrySha, treeSha } from "./git-objects.ts";
import { changedAt, repositoryUrl, showCommit, webUrl } from "./show-commit.ts";

const MEGABYTE = 1024 * 1024;
const TOO_LARGE =
  "This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the API, but you can always clone the repository via Git in order to obtain it.";

export function getContents(call: RepositoryCall): Reply {
  const { repository, parameters, url } = call;
  if (repository.refs.size === 0) return refuse(404, "This repository is empty.");
  const ref = url.searchParams.get("ref") ?? repository.defaultBranch;
  const commit = repository.commitAt(ref);
  if (commit === null) return refuse(404, `No commit found for the ref ${ref}`);
  const path = (parameters["path"] ?? "").replace(/^\/|\/$/g, "");
  const entry = commit.tree.get(path);
  if (entry !== undefined) return getEntry(call, { commit, ref, path }, entry);
  const children = childrenOf(commit.tree, path);
  if (children.size === 0) return notFound();
  return ok([...children].map(([name, child]) => showChild(call, { commit, ref, path: join(path, name) }, child)));
}

interface Place {
  readonly commit: Commit;
  readonly ref: string;
  readonly path: string;
}

function getEntry(call: RepositoryCall, place: Place, entry: Entry): Reply {
  const modified = changedAt(call.repository, place.commit, place.path);
  const target = entry.kind === "symlink" ? followed(place, entry.target) : entry;
  // A link to a file is answered with that file, under the link's own name.
  if (target?.kind === "file") return getFile(call, place, target.content, modified);
  if (entry.kind === "submodule") return ok(showSubmodule(call, place, entry), modified);
  if (wants(call, "raw")) return ok(contentOf(entry), modified);
  return ok({ ...showEntry(call, place, "symlink", entry), target: contentOf(entry).toString("utf8") }, modified);
}

function getFile(call: RepositoryCall, place: Place, content: Buffer, modified: number): Reply {
  if (content.length > 100 * MEGABYTE) {
    return refuse(403, TOO_LARGE, [{ resource: "Blob", field: "data", code: "too_large" }]);
  }
  if (wants(call, "raw")) return ok(content, modified);
  const shown = showEntry(call, place, "file", { kind: "file", content });
  const isBig = content.length > MEGABYTE;
  return ok({ ...shown, content: isBig ? "" : inLines(content), encoding: isBig ? "none" : "base64" }, modified);
}

/** GitHub breaks its base64 after 60 characters. */
export function inLines(content: Buffer): string {
  return content.toString("base64").replace(/.{1,60}/g, "$&\n");
}

function followed({ commit, path }: Place, target: string): Entry | undefined {
  return commit.tree.get(posix.join(posix.dirname(path), target));
}

/** A folder's list calls a submodule a file, as it always did. */
function showChild(call: RepositoryCall, place: Place, entry: Entry | null) {
  if (entry === null) {
    const sha = treeSha(place.commit.tree, place.path);
    return { ...showPlace(call, place, "dir", sha, "tree"), download_url: null };
  }
  if (entry.kind === "submodule") return { ...showSubmodule(call, place, entry), type: "file" };
  return showEntry(call, place, entry.kind, entry);
}

function showSubmodule(call: RepositoryCall, place: Place, entry: Extract<Entry, { kind: "submodule" }>) {
  return {
    ...showPlace(call, place, "submodule", entry.commit, "tree"),
    submodule_git_url: entry.url,
    download_url: null,
  };
}

function showEntry(call: RepositoryCall, place: Place, type: string, entry: Exclude<Entry, { kind: "submodule" }>) {
  const shown = showPlace(call, place, type, entrySha(entry), "blob");
  const download = `${webUrl(call.repository, call.links)}/raw/${place.ref}/${encodeURI(place.path)}`;
  return { ...shown, size: contentOf(entry).length, download_url: download };
}

function showPlace(
  { repository, links }: RepositoryCall,
  { ref, path }: Place,
  type: string,
  sha: string,
  kind: string,
) {
  const url = repositoryUrl(repository, links);
  const self = `${url}/contents/${encodeURI(path)}?ref=${encodeURIComponent(ref)}`;
  const git = `${url}/git/${kind}s/${sha}`;
  const html = `${webUrl(repository, links)}/${kind}/${ref}/${encodeURI(path)}`;
  return {
    type,
    name: posix.basename(path),
    path,
    sha,
    size: 0,
    url: self,
    git_url: git,
    html_url: html,
    _links: { self, git, html },
  };
}

export function putContents(call: RepositoryCall): Reply {
  const { repository, body, github, caller } = call;
  const path = call.parameters["path"] ?? "";
  const branch = textField(body, "branch") ?? repository.defaultBranch;
  const message = textField(body, "message");
  const content = textField(body, "content");
  if (message === undefined) return refuse(422, 'Invalid request.\n\n"message" wasn\'t supplied.');
  if (content === undefined) return refuse(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) return refuse(422, "content is not valid Base64");
  const head = repository.head(branch);
  if (head === null && repository.refs.size > 0) return refuse(404, `Branch ${branch} not found`);
  const old = head?.tree.get(path);
  const sha = textField(body, "sha");
  if (old !== undefined && sha === undefined) return refuse(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (old !== undefined && sha !== entrySha(old)) return refuse(409, `${path} does not match ${sha}`);
  const { login } = github.author(caller);
  const asked = body["author"] ?? body["committer"];
  const author = isFields(asked)
    ? { name: textField(asked, "name") ?? login, email: textField(asked, "email") ?? "" }
    : { name: login, email: `${login}@users.noreply.github.com` };
  // GitHub signs what an app commits in its own name.
  const isSigned = caller.kind === "installation" && !isFields(asked);
  const commit = repository.commit({
    branch,
    message,
    author,
    files: { [path]: { kind: "file", content: Buffer.from(content, "base64") } },
    ...(isSigned ? { verification: { verified: true, reason: "valid" } } : {}),
  });
  const entry = commit.tree.get(path);
  const shown = entry?.kind === "file" ? showEntry(call, { commit, ref: branch, path }, "file", entry) : null;
  return { status: old === undefined ? 201 : 200, body: { content: shown, ...commitOf(call, commit) } };
}

function commitOf({ repository, links }: RepositoryCall, commit: Commit) {
  const { commit: shown, sha, html_url, parents } = showCommit(repository, commit, links);
  const { comment_count: _, ...inner } = shown;
  return { commit: { ...inner, sha, html_url, parents } };
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
