import type { Need } from "./access.ts";
import {
  createAccessToken,
  getApp,
  getRepositoryInstallation,
  getUser,
  listInstallationRepositories,
  listInstallations,
} from "./apps.ts";
import { type Call, notFound, type Reply, type RepositoryCall } from "./call.ts";
import {
  createCheckRun,
  getCheckRun,
  listAnnotations,
  listCheckRuns,
  rerequestCheckRun,
  updateCheckRun,
} from "./check-runs.ts";
import { getSuite, rerequestSuite } from "./check-suites.ts";
import { createComment, deleteComment, getComment, listComments, updateComment } from "./comments.ts";
import { compare, getCommit, listCommits } from "./commits.ts";
import { getContents, putContents } from "./contents.ts";
import {
  createRef,
  deleteRef,
  getBlob,
  getGitCommit,
  getRef,
  getTag,
  listMatchingRefs,
  updateRef,
} from "./git-data.ts";
import {
  createPull,
  getPull,
  listCommitPulls,
  listPullFiles,
  listPulls,
  mergeAsked,
  updatePull,
} from "./pull-routes.ts";
import { getBranch, getRepository } from "./repositories.ts";
import { listBranchRules } from "./rulesets.ts";
import { createStatus, getCombinedStatus, listStatuses } from "./statuses.ts";
import { getTree } from "./trees.ts";

export type Route =
  | { readonly kind: "global"; readonly name: string; readonly handle: (call: Call) => Reply }
  | {
      readonly kind: "repository";
      readonly name: string;
      readonly need: Need;
      readonly handle: (call: RepositoryCall) => Reply;
    };

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

const METADATA: Need = { anyOf: ["metadata"], level: "read" };
const READ: Need = { anyOf: ["contents"], level: "read" };
const WRITE: Need = { anyOf: ["contents"], level: "write" };
const PULLS: Need = { anyOf: ["pull_requests"], level: "read" };
/** A pull request is an issue too. */
const COMMENTS: Need = { anyOf: ["issues", "pull_requests"], level: "read" };
const CHECKS: Need = { anyOf: ["checks"], level: "read" };
const STATUSES: Need = { anyOf: ["statuses"], level: "read" };

/** Named as octokit names them. Of two that fit, the first is taken. */
const ROUTES: readonly Route[] = [
  global("GET /app", getApp),
  global("GET /app/installations", listInstallations),
  global("POST /app/installations/{installation_id}/access_tokens", createAccessToken),
  global("GET /installation/repositories", listInstallationRepositories),
  global("GET /user", getUser),
  // Answered where the budgets are.
  global("GET /rate_limit", notFound),
  inRepository("GET /repos/{owner}/{repo}/installation", METADATA, getRepositoryInstallation),
  inRepository("GET /repos/{owner}/{repo}/branches/{branch}", READ, getBranch),
  inRepository("GET /repos/{owner}/{repo}/rules/branches/{branch}", METADATA, listBranchRules),
  inRepository("GET /repos/{owner}/{repo}/git/ref/{ref}", READ, getRef),
  inRepository("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", READ, listMatchingRefs),
  inRepository("POST /repos/{owner}/{repo}/git/refs", WRITE, createRef),
  inRepository("PATCH /repos/{owner}/{repo}/git/refs/{ref}", WRITE, updateRef),
  inRepository("DELETE /repos/{owner}/{repo}/git/refs/{ref}", WRITE, deleteRef),
  inRepository("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", READ, getBlob),
  inRepository("GET /repos/{owner}/{repo}/git/tags/{tag_sha}", READ, getTag),
  inRepository("GET /repos/{owner}/{repo}/git/commits/{commit_sha}", READ, getGitCommit),
  inRepository("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", READ, getTree),
  inRepository("GET /repos/{owner}/{repo}/commits", READ, listCommits),
  inRepository("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", CHECKS, listCheckRuns),
  inRepository("GET /repos/{owner}/{repo}/commits/{ref}/status", STATUSES, getCombinedStatus),
  inRepository("GET /repos/{owner}/{repo}/commits/{ref}/statuses", STATUSES, listStatuses),
  inRepository("GET /repos/{owner}/{repo}/commits/{ref}/pulls", PULLS, listCommitPulls),
  inRepository("GET /repos/{owner}/{repo}/commits/{ref}", READ, getCommit),
  inRepository("GET /repos/{owner}/{repo}/compare/{basehead}", READ, compare),
  inRepository("GET /repos/{owner}/{repo}/contents/{path}", READ, getContents),
  inRepository("PUT /repos/{owner}/{repo}/contents/{path}", WRITE, putContents),
  inRepository("GET /repos/{owner}/{repo}/pulls", PULLS, listPulls),
  inRepository("POST /repos/{owner}/{repo}/pulls", toWrite(PULLS), createPull),
  inRepository("GET /repos/{owner}/{repo}/pulls/{pull_number}", PULLS, getPull),
  inRepository("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", toWrite(PULLS), updatePull),
  inRepository("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", WRITE, mergeAsked),
  inRepository("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", PULLS, listPullFiles),
  inRepository("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", COMMENTS, listComments),
  inRepository("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", toWrite(COMMENTS), createComment),
  inRepository("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", COMMENTS, getComment),
  inRepository("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", toWrite(COMMENTS), updateComment),
  inRepository("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", toWrite(COMMENTS), deleteComment),
  inRepository("POST /repos/{owner}/{repo}/check-runs", toWrite(CHECKS), createCheckRun),
  inRepository("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", CHECKS, getCheckRun),
  inRepository("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", toWrite(CHECKS), updateCheckRun),
  inRepository("GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", CHECKS, listAnnotations),
  inRepository("POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", toWrite(CHECKS), rerequestCheckRun),
  inRepository("GET /repos/{owner}/{repo}/check-suites/{check_suite_id}", CHECKS, getSuite),
  inRepository("POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest", toWrite(CHECKS), rerequestSuite),
  inRepository("POST /repos/{owner}/{repo}/statuses/{sha}", toWrite(STATUSES), createStatus),
  inRepository("GET /repos/{owner}/{repo}", METADATA, getRepository),
];

/** These take slashes, be they written as such or as %2F. */
const LONG = ["path", "ref", "branch", "basehead", "tree_sha"];

const matchers = ROUTES.map((route) => ({ route, pattern: patternOf(route.name) }));

/** `path` is that of the URL, still encoded. Repositories are also found under /repositories/{id}. */
export function match(method: string, path: string): Match | null {
  for (const { route, pattern } of matchers) {
    const found = pattern.exec(`${method} ${path}`);
    if (found === null) continue;
    const groups = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined);
    return { route, parameters: Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)])) };
  }
  return null;
}

function patternOf(name: string): RegExp {
  const pattern = name
    .replace("/repos/{owner}/{repo}", "/(?:repos/{owner}/{repo}|repositories/{repository_id})")
    .replace("/contents/{path}", "/contents(?:/{path})?")
    .replace(/\{(\w+)\}/g, (_, parameter: string) => `(?<${parameter}>${LONG.includes(parameter) ? ".+" : "[^/]+"})`);
  return new RegExp(`^${pattern}/?$`);
}

function toWrite({ anyOf }: Need): Need {
  return { anyOf, level: "write" };
}

function global(name: string, handle: (call: Call) => Reply): Route {
  return { kind: "global", name, handle };
}

function inRepository(name: string, need: Need, handle: (call: RepositoryCall) => Reply): Route {
  return { kind: "repository", name, need, handle };
}
