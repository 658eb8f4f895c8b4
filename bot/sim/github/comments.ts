import { textField } from "../slack/fields.ts";
import { invalid, notFound, ok, page, type Reply, type RepositoryCall, showAccount } from "./call.ts";
import type { Comment } from "./conversation.ts";
import { bodyTime } from "./http-time.ts";
import { touchPull } from "./pulls.ts";
import { repositoryUrl, webUrl } from "./show-commit.ts";

const MOST_CHARACTERS = 65_536;

/** Oldest first. */
export function listComments(call: RepositoryCall): Reply {
  const number = Number(call.parameters["issue_number"]);
  if (!call.repository.pulls.has(number)) return notFound();
  const found = [...call.repository.comments.values()].filter((comment) => comment.number === number);
  return page(call, found, (some) => some.map((comment) => showComment(call, comment)));
}

export function createComment(call: RepositoryCall): Reply {
  const { github, repository, caller, parameters, body } = call;
  const number = Number(parameters["issue_number"]);
  if (!repository.pulls.has(number)) return notFound();
  const text = textField(body, "body");
  const wrong = wrongBody(text);
  if (wrong !== null || text === undefined) return wrong ?? notFound();
  const now = github.now();
  const comment: Comment = {
    id: github.nextId(),
    number,
    body: text,
    author: github.author(caller),
    appId: caller.kind === "installation" ? caller.installation.app.id : null,
    createdAt: now,
    updatedAt: now,
  };
  repository.comments.set(comment.id, comment);
  touchPull(github, repository, number);
  github.log.add({ kind: "comment", action: "created", repository, comment });
  return { status: 201, body: showComment(call, comment) };
}

export function getComment(call: RepositoryCall): Reply {
  const comment = askedComment(call);
  return comment === null ? notFound() : ok(showComment(call, comment), comment.updatedAt);
}

export function updateComment(call: RepositoryCall): Reply {
  const { github, repository, body } = call;
  const old = askedComment(call);
  const text = textField(body, "body");
  const wrong = wrongBody(text);
  if (old === null) return notFound();
  if (wrong !== null || text === undefined) return wrong ?? notFound();
  const comment = { ...old, body: text, updatedAt: github.now() };
  repository.comments.set(comment.id, comment);
  touchPull(github, repository, comment.number);
  github.log.add({ kind: "comment", action: "edited", repository, comment });
  return ok(showComment(call, comment));
}

export function deleteComment(call: RepositoryCall): Reply {
  const comment = askedComment(call);
  if (comment === null) return notFound();
  call.repository.comments.delete(comment.id);
  touchPull(call.github, call.repository, comment.number);
  call.github.log.add({ kind: "comment", action: "deleted", repository: call.repository, comment });
  return { status: 204, body: null };
}

function wrongBody(text: string | undefined): Reply | null {
  if (text === undefined || text.trim() === "") {
    return invalid("IssueComment", "data", "unprocessable", "Body cannot be blank");
  }
  const isLong = [...text].length > MOST_CHARACTERS;
  const message = `Body is too long (maximum is ${MOST_CHARACTERS} characters)`;
  return isLong ? invalid("IssueComment", "data", "unprocessable", message) : null;
}

function askedComment({ repository, parameters }: RepositoryCall): Comment | null {
  return repository.comments.get(Number(parameters["comment_id"])) ?? null;
}

function showComment({ github, repository, links }: RepositoryCall, comment: Comment) {
  const app = github.apps.find(({ id }) => id === comment.appId);
  const url = repositoryUrl(repository, links);
  return {
    id: comment.id,
    body: comment.body,
    user: showAccount(comment.author, links),
    created_at: bodyTime(comment.createdAt),
    updated_at: bodyTime(comment.updatedAt),
    author_association: "NONE",
    url: `${url}/issues/comments/${comment.id}`,
    issue_url: `${url}/issues/${comment.number}`,
    html_url: `${webUrl(repository, links)}/pull/${comment.number}#issuecomment-${comment.id}`,
    performed_via_github_app: app === undefined ? null : { id: app.id, slug: app.slug },
  };
}
