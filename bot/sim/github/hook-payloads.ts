import { type App, covers } from "./access.ts";
import { commitsBetween } from "./ancestry.ts";
import { type Links, showAccount } from "./call.ts";
import { showCheckRun } from "./check-runs.ts";
import { showSuite } from "./check-suites.ts";
import type { Pull } from "./conversation.ts";
import { type Commit, treeSha } from "./git-objects.ts";
import type { GitHub } from "./github.ts";
import type { GitHubEvent } from "./github-news.ts";
import { bodyTime } from "./http-time.ts";
import { diffOf } from "./line-diff.ts";
import { showRepository } from "./repositories.ts";
import type { Repository } from "./repository.ts";
import { webUrl } from "./show-commit.ts";
import { showMerge, showPull } from "./show-pull.ts";

export interface HookEvent {
  /** As X-GitHub-Event names it. */
  readonly name: string;
  readonly payload: object;
}

const NO_COMMIT = "0".repeat(40);

/** What GitHub tells about an event; null where it tells nothing here. */
export function hookEvent(github: GitHub, event: GitHubEvent, app: App | null, links: Links): HookEvent | null {
  const payload = payloadOf(github, event, links);
  if (payload === null) return null;
  const { repository } = event;
  const installation = github.installations.find((one) => one.app === app && covers(one, repository));
  const common = {
    repository: showRepository(github, repository, links),
    sender: showAccount(github.account(repository.owner), links),
    ...(installation === undefined ? {} : { installation: { id: installation.id } }),
  };
  return { name: payload.name, payload: { ...payload.payload, ...common } };
}

export function pingEvent(hookId: number, url: string, names: readonly string[]): HookEvent {
  const hook = {
    id: hookId,
    type: "Repository",
    name: "web",
    active: true,
    events: names,
    config: { content_type: "json", insecure_ssl: "0", url },
  };
  return { name: "ping", payload: { zen: "Keep it logically awesome.", hook_id: hookId, hook } };
}

function payloadOf(github: GitHub, event: GitHubEvent, links: Links): HookEvent | null {
  switch (event.kind) {
    case "pushed":
      return { name: "push", payload: pushPayload(event, links) };
    case "pull-request": {
      const { action, pull, repository, before, was } = event;
      const moved = before === null ? {} : { before, after: pull.head.sha };
      const pull_request = { ...showPull(github, repository, pull, links), ...showMerge(repository, pull) };
      const changes = was === null ? {} : { changes: changesOf(was, pull) };
      return { name: "pull_request", payload: { action, number: pull.number, pull_request, ...moved, ...changes } };
    }
    case "check-run": {
      // Of changes GitHub tells only the end.
      const isEnd = event.action === "updated" && event.run.status === "completed";
      if (event.action === "updated" && !isEnd) return null;
      const check_run = showCheckRun(github, event.repository, event.run, links);
      return { name: "check_run", payload: { action: isEnd ? "completed" : event.action, check_run } };
    }
    case "check-suite": {
      const check_suite = showSuite(github, event.repository, event.suite, links);
      return { name: "check_suite", payload: { action: event.action, check_suite } };
    }
    case "merge-group":
      return { name: "merge_group", payload: mergeGroupPayload(event) };
    case "comment":
    case "status":
      return null;
    default:
      return event satisfies never;
  }
}

/** What an edit changed, each with what it was before. */
function changesOf(was: Pull, is: Pull): object {
  return {
    ...(was.title === is.title ? {} : { title: { from: was.title } }),
    ...(was.body === is.body ? {} : { body: { from: was.body } }),
    ...(was.base.ref === is.base.ref ? {} : { base: { ref: { from: was.base.ref }, sha: { from: was.base.sha } } }),
  };
}

function mergeGroupPayload(event: Extract<GitHubEvent, { kind: "merge-group" }>): object {
  const { action, repository, group, reason } = event;
  const head = repository.network.commits.get(group.headSha) ?? null;
  const merge_group = {
    head_sha: group.headSha,
    head_ref: group.ref,
    base_sha: group.baseSha,
    base_ref: `refs/heads/${group.base}`,
    head_commit: head === null ? null : showSimple(head),
  };
  return { action, merge_group, ...(reason === null ? {} : { reason }) };
}

function pushPayload(event: Extract<GitHubEvent, { kind: "pushed" }>, links: Links): object {
  const { repository, ref, before, after, forced } = event;
  const { commits } = repository.network;
  const head = commits.get(after ?? "") ?? null;
  const added = after === null ? [] : before === null ? [] : commitsBetween(commits, before, after);
  return {
    ref,
    before: before ?? NO_COMMIT,
    after: after ?? NO_COMMIT,
    created: before === null,
    deleted: after === null,
    forced,
    base_ref: null,
    compare: `${webUrl(repository, links)}/compare/${before ?? NO_COMMIT}...${after ?? NO_COMMIT}`,
    commits: added.map((commit) => showPushed(repository, commit, links)),
    head_commit: head === null ? null : showPushed(repository, head, links),
    pusher: { name: head?.author.name ?? repository.owner, email: head?.author.email ?? null },
  };
}

function showPushed(repository: Repository, commit: Commit, links: Links) {
  const before = repository.network.commits.get(commit.parents[0] ?? "")?.tree ?? new Map();
  const changes = diffOf(before, commit.tree);
  const named = (status: string) => changes.filter((one) => one.status === status).map(({ filename }) => filename);
  return {
    ...showSimple(commit),
    distinct: true,
    url: `${webUrl(repository, links)}/commit/${commit.sha}`,
    added: named("added"),
    removed: named("removed"),
    modified: named("modified"),
  };
}

function showSimple({ sha, tree, message, author, committer }: Commit) {
  return {
    id: sha,
    tree_id: treeSha(tree),
    message,
    timestamp: bodyTime(committer.date),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  };
}
