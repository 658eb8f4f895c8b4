import { textField } from "../slack/fields.ts";
import { commitsBetween } from "./ancestry.ts";
import { invalid, notFound, ok, page, type Reply, type RepositoryCall, refuse } from "./call.ts";
import { noCommit } from "./commits.ts";
import type { Pull } from "./conversation.ts";
import { landingOf, tryMerge } from "./merges.ts";
import { closePull, editPull, mergePull, openPull, pullsOf, reopenPull } from "./pulls.ts";
import type { Repository } from "./repository.ts";
import { changesSince, showFile } from "./show-commit.ts";
import { showMerge, showPull } from "./show-pull.ts";

export function getPull(call: RepositoryCall): Reply {
  const { github, repository, links } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const files = changesSince(repository, pull.base.sha, pull.head.sha);
  const sum = (count: (file: (typeof files)[number]) => number) => files.reduce((total, one) => total + count(one), 0);
  const body = {
    ...showPull(github, repository, pull, links),
    ...showMerge(repository, pull),
    commits: commitsBetween(repository.network.commits, pull.base.sha, pull.head.sha).length,
    changed_files: files.length,
    additions: sum(({ additions }) => additions),
    deletions: sum(({ deletions }) => deletions),
    comments: commentsOn(repository, pull),
  };
  tryMerge(repository, pull);
  return ok(body, pull.updatedAt);
}

/** Open ones if no state is asked for; the newest first, but other orders begin with the least if no direction is asked for. */
export function listPulls(call: RepositoryCall): Reply {
  const { github, repository, url, links } = call;
  const [state, head, base, sort] = ["state", "head", "base", "sort"].map((name) => url.searchParams.get(name));
  const found = [...repository.pulls.values()].filter((pull) => {
    const isHead = !head || head === `${pull.head.owner}:${pull.head.ref}`;
    return isHead && (!base || base === pull.base.ref) && (state === "all" || (state ?? "open") === pull.state);
  });
  const key = ORDERS[sort ?? "created"] ?? ORDERS["created"];
  const direction = url.searchParams.get("direction") ?? (sort === null || sort === "created" ? "desc" : "asc");
  const sorted = found.toSorted((one, other) => {
    const byKey = key === undefined ? 0 : key(repository, one) - key(repository, other);
    return byKey === 0 ? one.number - other.number : byKey;
  });
  const ordered = direction === "desc" ? sorted.toReversed() : sorted;
  return page(call, ordered, (some) => some.map((pull) => showPull(github, repository, pull, links)));
}

const ORDERS: Readonly<Record<string, (repository: Repository, pull: Pull) => number>> = {
  created: (_, { createdAt }) => createdAt,
  updated: (_, { updatedAt }) => updatedAt,
  popularity: commentsOn,
};

function commentsOn(repository: Repository, { number }: Pull): number {
  return [...repository.comments.values()].filter((comment) => comment.number === number).length;
}

export function listPullFiles(call: RepositoryCall): Reply {
  const { repository, links } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const files = changesSince(repository, pull.base.sha, pull.head.sha);
  return page(call, files, (some) => some.map((change) => showFile(repository, pull.head.sha, change, links)));
}

export function createPull(call: RepositoryCall): Reply {
  const { github, repository, caller, body, links } = call;
  const [title, head, base] = [textField(body, "title"), textField(body, "head"), textField(body, "base")];
  if (title === undefined || head === undefined || base === undefined) return refuse(422, "Validation Failed");
  const [owner, branch] = head.includes(":") ? head.split(":") : [repository.owner, head];
  const family = [...github.repositories].filter(({ network }) => network === repository.network);
  const from = owner === repository.owner ? repository : family.find((one) => one.owner === owner);
  if (repository.head(base) === null) return invalid("PullRequest", "base", "invalid");
  if (from === undefined || from.head(branch ?? "") === null) return invalid("PullRequest", "head", "invalid");
  const isOpen = [...repository.pulls.values()].some(
    (pull) => pull.state === "open" && pull.head.repository === from && pull.head.ref === branch,
  );
  if (isOpen) return refused(`A pull request already exists for ${owner}:${branch}.`);
  const author = github.author(caller).login;
  const text = textField(body, "body");
  const isDraft = body["draft"] === true;
  const more = text === undefined ? {} : { body: text };
  const draft = { title, head: branch ?? "", base, author, fork: from, isDraft, ...more };
  const pull = openPull(github, repository, draft);
  if (pull === null) return refused(`No commits between ${base} and ${head}`);
  return { status: 201, body: { ...showPull(github, repository, pull, links), ...showMerge(repository, pull) } };
}

/** Changes the title, the text or the base, closes, and opens again. */
export function updatePull(call: RepositoryCall): Reply {
  const { github, repository, body } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const [title, text, base] = [textField(body, "title"), textField(body, "body"), textField(body, "base")];
  const state = textField(body, "state") ?? pull.state;
  const edit = {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { body: text }),
    ...(base === undefined ? {} : { base }),
  };
  const isEdited = Object.keys(edit).length === 0 || editPull(github, repository, pull.number, edit);
  if (!isEdited) return invalid("PullRequest", "base", "invalid");
  if (state === "closed") closePull(github, repository, pull.number);
  else if (pull.state === "closed" && !reopenPull(github, repository, pull.number)) {
    return invalid("PullRequest", "state", "invalid", "state cannot be changed.");
  }
  return getPull(call);
}

/** What the button does; a client may say of which head. */
export function mergeAsked(call: RepositoryCall): Reply {
  const { github, repository, body } = call;
  const pull = askedPull(call);
  if (pull === null) return notFound();
  const sha = textField(body, "sha") ?? pull.head.sha;
  if (pull.state === "closed" || pull.isDraft) return refuse(405, "Pull Request is not mergeable");
  if (sha !== pull.head.sha) return refuse(409, "Head branch was modified. Review and try the merge again.");
  const how = METHODS.find((method) => method === (body["merge_method"] ?? "merge"));
  if (how === undefined) return invalid("PullRequest", "merge_method", "invalid");
  if (landingOf(repository, pull, how) === null) return refuse(405, "Pull Request is not mergeable");
  const merge = mergePull(github, repository, pull.number, how);
  return ok({ sha: merge, merged: true, message: "Pull Request successfully merged" });
}

const METHODS = ["merge", "squash", "rebase"] as const;

export function listCommitPulls(call: RepositoryCall): Reply {
  const { github, repository, parameters, links } = call;
  const commit = repository.commitAt(parameters["ref"] ?? "");
  if (commit === null) return noCommit(parameters["ref"] ?? "");
  const found = pullsOf(repository, commit.sha);
  return page(call, found, (some) => some.map((pull) => showPull(github, repository, pull, links)));
}

function askedPull({ repository, parameters }: RepositoryCall): Pull | null {
  return repository.pulls.get(Number(parameters["pull_number"])) ?? null;
}

function refused(message: string): Reply {
  return refuse(422, "Validation Failed", [{ resource: "PullRequest", code: "custom", message }]);
}
