import { textField } from "../slack/fields.ts";
import { invalid, ok, page, type Reply, type RepositoryCall, refuse, showAccount } from "./call.ts";
import { noCommit } from "./commits.ts";
import type { Status } from "./conversation.ts";
import { bodyTime } from "./http-time.ts";
import { repositoryUrl } from "./show-commit.ts";

const STATES = ["error", "failure", "pending", "success"];
const MOST_CHARACTERS = 140;

export function createStatus(call: RepositoryCall): Reply {
  const { github, repository, caller, parameters, body } = call;
  const sha = parameters["sha"] ?? "";
  if (!repository.network.commits.has(sha)) return noCommit(sha);
  const state = textField(body, "state") ?? "";
  if (!STATES.includes(state)) return invalid("Status", "state", "custom", "state is not included in the list");
  const description = textField(body, "description") ?? null;
  if ((description?.length ?? 0) > MOST_CHARACTERS) {
    const message = `description is too long (maximum is ${MOST_CHARACTERS} characters)`;
    return invalid("Status", "description", "custom", message);
  }
  const status: Status = {
    id: github.nextId(),
    sha,
    state,
    context: textField(body, "context") ?? "default",
    description,
    targetUrl: textField(body, "target_url") ?? null,
    creator: github.author(caller),
    createdAt: github.now(),
  };
  repository.statuses.push(status);
  github.log.add({ kind: "status", repository, status });
  return { status: 201, body: showStatus(call, status) };
}

/** Newest first; all that were ever set. */
export function listStatuses(call: RepositoryCall): Reply {
  const found = statusesOf(call);
  if (found === null) return noRef();
  return page(call, found, (some) => some.map((status) => showStatus(call, status)));
}

/** The newest of each context, and what they make together. */
export function getCombinedStatus(call: RepositoryCall): Reply {
  const { repository, parameters } = call;
  const found = statusesOf(call);
  if (found === null) return noRef();
  const latest = [...new Map(found.toReversed().map((status) => [status.context, status])).values()];
  const states = latest.map(({ state }) => state);
  const failed = states.includes("failure") || states.includes("error");
  const pending = states.length === 0 || states.includes("pending");
  return ok({
    state: failed ? "failure" : pending ? "pending" : "success",
    sha: repository.commitAt(parameters["ref"] ?? "")?.sha,
    total_count: latest.length,
    statuses: latest.map((status) => showStatus(call, status)),
  });
}

/** Here GitHub says 404 for a ref that is not there. */
const noRef = (): Reply => refuse(404, "Ref not found");

function statusesOf({ repository, parameters }: RepositoryCall): readonly Status[] | null {
  const commit = repository.commitAt(parameters["ref"] ?? "");
  return commit === null ? null : repository.statuses.filter(({ sha }) => sha === commit.sha).toReversed();
}

function showStatus({ repository, links }: RepositoryCall, status: Status) {
  const { id, sha, state, context, description, targetUrl, creator, createdAt } = status;
  const time = bodyTime(createdAt);
  return {
    id,
    state,
    context,
    description,
    target_url: targetUrl,
    url: `${repositoryUrl(repository, links)}/statuses/${sha}`,
    creator: showAccount(creator, links),
    created_at: time,
    updated_at: time,
  };
}
