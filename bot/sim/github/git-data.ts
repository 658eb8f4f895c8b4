import { textField } from "../slack/fields.ts";
import { historyOf } from "./ancestry.ts";
import { notFound, ok, type Reply, type RepositoryCall, refuse, wants } from "./call.ts";
import { inLines } from "./contents.ts";
import { repositoryUrl, showCommit, showSignature } from "./show-commit.ts";

export function getRef(call: RepositoryCall): Reply {
  const { repository, parameters } = call;
  if (repository.refs.size === 0) return refuse(409, "Git Repository is empty.");
  const ref = `refs/${parameters["ref"] ?? ""}`;
  const sha = repository.refs.get(ref);
  return sha === undefined ? notFound() : ok(showRef(call, ref, sha));
}

/** All whose names begin so, none where there are none; without pages. */
export function listMatchingRefs(call: RepositoryCall): Reply {
  const { repository, parameters } = call;
  if (repository.refs.size === 0) return refuse(409, "Git Repository is empty.");
  const found = [...repository.refs].filter(([ref]) => ref.startsWith(`refs/${parameters["ref"] ?? ""}`));
  const sorted = found.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return ok(sorted.map(([ref, sha]) => showRef(call, ref, sha)));
}

export function getTag(call: RepositoryCall): Reply {
  const { repository, parameters, links } = call;
  const tag = repository.network.tags.get(parameters["tag_sha"] ?? "");
  if (tag === undefined) return notFound();
  const url = `${repositoryUrl(repository, links)}/git`;
  const { name, sha, message, tagger, commit } = tag;
  return ok({
    tag: name,
    sha,
    url: `${url}/tags/${sha}`,
    message,
    tagger: showSignature(tagger),
    object: { type: "commit", sha: commit, url: `${url}/commits/${commit}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  });
}

/** The commit object alone; no ref, no short sha. */
export function getGitCommit(call: RepositoryCall): Reply {
  const { repository, parameters, links } = call;
  const commit = repository.network.commits.get(parameters["commit_sha"] ?? "");
  if (commit === undefined) return notFound();
  const { sha, html_url, parents, commit: inner } = showCommit(repository, commit, links);
  const { comment_count: _, ...object } = inner;
  return ok({ sha, html_url, ...object, parents: parents.map((one) => ({ ...one, url: gitUrl(call, one.sha) })) });
}

export function createRef(call: RepositoryCall): Reply {
  const { repository, body } = call;
  const ref = textField(body, "ref") ?? "";
  const sha = textField(body, "sha") ?? "";
  if (!/^refs\/[^/]+\/.+/.test(ref))
    return refuse(422, "Reference name must contain at least three slash-separated components.");
  if (repository.refs.has(ref)) return refuse(422, "Reference already exists");
  if (!repository.network.commits.has(sha) && !repository.network.tags.has(sha))
    return refuse(422, "Object does not exist");
  repository.move(ref, sha);
  return { status: 201, body: showRef(call, ref, sha) };
}

/** Backwards, or to where it does not come from, only by force. */
export function updateRef(call: RepositoryCall): Reply {
  const { repository, parameters, body } = call;
  const ref = `refs/${parameters["ref"] ?? ""}`;
  const sha = textField(body, "sha") ?? "";
  const before = repository.refs.get(ref);
  const { commits, tags } = repository.network;
  if (before === undefined) return refuse(422, "Reference does not exist");
  if (!commits.has(sha) && !tags.has(sha)) return refuse(422, "Object does not exist");
  const follows = historyOf(commits, sha).some((commit) => commit.sha === before);
  if (!follows && body["force"] !== true) return refuse(422, "Update is not a fast forward");
  repository.move(ref, sha);
  return ok(showRef(call, ref, sha));
}

export function deleteRef({ repository, parameters }: RepositoryCall): Reply {
  const ref = `refs/${parameters["ref"] ?? ""}`;
  if (!repository.refs.has(ref)) return refuse(422, "Reference does not exist");
  repository.move(ref, null);
  return { status: 204, body: null };
}

export function getBlob(call: RepositoryCall): Reply {
  const { repository, parameters, links } = call;
  const sha = parameters["file_sha"] ?? "";
  const content = repository.network.blobs.get(sha);
  if (content === undefined) return notFound();
  if (content.length > 100 * 1024 * 1024) {
    return refuse(403, "This API returns blobs up to 100 MB in size.", [
      { resource: "Blob", field: "data", code: "too_large" },
    ]);
  }
  if (wants(call, "raw")) return ok(content);
  const url = `${repositoryUrl(repository, links)}/git/blobs/${sha}`;
  return ok({ sha, url, size: content.length, content: inLines(content), encoding: "base64" });
}

function showRef({ repository, links }: RepositoryCall, ref: string, sha: string) {
  const url = `${repositoryUrl(repository, links)}/git`;
  const type = repository.network.tags.has(sha) ? "tag" : "commit";
  return { ref, url: `${url}/${ref}`, object: { type, sha, url: `${url}/${type}s/${sha}` } };
}

function gitUrl({ repository, links }: RepositoryCall, sha: string): string {
  return `${repositoryUrl(repository, links)}/git/commits/${sha}`;
}
