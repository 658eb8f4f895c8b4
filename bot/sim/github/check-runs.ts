import { parseInstant } from "../../core/instant.ts";
import { type Fields, isFields, listOf, textField } from "../slack/fields.ts";
import { showApp } from "./apps.ts";
import { type Links, notFound, ok, page, type Reply, type RepositoryCall, refuse } from "./call.ts";
import { wrongCheck } from "./check-input.ts";
import { askSuite, showPullsAt, suiteFor } from "./check-suites.ts";
import { noCommit } from "./commits.ts";
import type { CheckRun } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import { bodyTime } from "./http-time.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl, webUrl } from "./show-commit.ts";

const ONLY_APPS = "You must authenticate via a GitHub App.";

export function createCheckRun(call: RepositoryCall): Reply {
  const { github, repository, caller, body, links } = call;
  if (caller.kind !== "installation") return refuse(403, ONLY_APPS);
  const [name, headSha] = [textField(body, "name"), textField(body, "head_sha")];
  if (name === undefined) return refuse(422, 'Invalid request.\n\n"name" wasn\'t supplied.');
  if (headSha === undefined) return refuse(422, 'Invalid request.\n\n"head_sha" wasn\'t supplied.');
  const wrong = wrongCheck(body, true);
  if (wrong !== null) return wrong;
  if (!repository.network.commits.has(headSha)) return noCommit(headSha);
  const appId = caller.installation.app.id;
  const fresh: CheckRun = {
    id: github.nextId(),
    suiteId: suiteFor(github, repository, appId, headSha).id,
    appId,
    headSha,
    name,
    externalId: "",
    detailsUrl: null,
    status: "queued",
    conclusion: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    startedAt: github.now(),
    completedAt: null,
  };
  const run = changed(fresh, body, github.now());
  askSuite(repository, run.suiteId, false);
  repository.checkRuns.set(run.id, run);
  github.log.add({ kind: "check-run", action: "created", repository, run });
  return { status: 201, body: showCheckRun(github, repository, run, links) };
}

/** Annotations come on top of those that are there. */
export function updateCheckRun(call: RepositoryCall): Reply {
  const { github, repository, caller, body, links } = call;
  if (caller.kind !== "installation") return refuse(403, ONLY_APPS);
  const old = askedRun(call);
  if (old === null) return notFound();
  const { app } = caller.installation;
  if (old.appId !== app.id) {
    return refuse(
      403,
      `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  const wrong = wrongCheck(body, false);
  if (wrong !== null) return wrong;
  const run = changed(old, body, github.now());
  askSuite(repository, run.suiteId, false);
  repository.checkRuns.set(run.id, run);
  github.log.add({ kind: "check-run", action: "updated", repository, run });
  return ok(showCheckRun(github, repository, run, links));
}

export function getCheckRun(call: RepositoryCall): Reply {
  const run = askedRun(call);
  return run === null ? notFound() : ok(showCheckRun(call.github, call.repository, run, call.links));
}

/** Of each app and name the latest, unless all are asked for. */
export function listCheckRuns(call: RepositoryCall): Reply {
  const { github, repository, parameters, url, links } = call;
  const commit = repository.commitAt(parameters["ref"] ?? "");
  if (commit === null) return noCommit(parameters["ref"] ?? "");
  const [name, status, appId] = ["check_name", "status", "app_id"].map((each) => url.searchParams.get(each));
  const newestFirst = [...repository.checkRuns.values()].toReversed().filter(({ headSha }) => headSha === commit.sha);
  const isLatest = (run: CheckRun) =>
    newestFirst.find((one) => one.name === run.name && one.appId === run.appId) === run;
  const found = newestFirst.filter(
    (run) =>
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || `${run.appId}` === appId) &&
      (url.searchParams.get("filter") === "all" || isLatest(run)),
  );
  const show = (run: CheckRun) => showCheckRun(github, repository, run, links);
  return page(call, found, (some) => ({ total_count: found.length, check_runs: some.map(show) }));
}

export function listAnnotations(call: RepositoryCall): Reply {
  const run = askedRun(call);
  return run === null ? notFound() : page(call, run.annotations, (some) => some);
}

/** What "Re-run" on the pull request's page does; the run itself stays as it is until the app changes it. */
export function rerequestCheckRun(call: RepositoryCall): Reply {
  const run = askedRun(call);
  if (run === null) return notFound();
  askSuite(call.repository, run.suiteId, true);
  call.github.log.add({ kind: "check-run", action: "rerequested", repository: call.repository, run });
  return { status: 201, body: {} };
}

export function showCheckRun(github: GitHub, repository: Repository, run: CheckRun, links: Links) {
  const { id, name, status, conclusion, output, appId } = run;
  const app = github.apps.find((one) => one.id === appId);
  const url = `${repositoryUrl(repository, links)}/check-runs/${id}`;
  return {
    id,
    name,
    head_sha: run.headSha,
    external_id: run.externalId,
    status,
    conclusion,
    started_at: bodyTime(run.startedAt),
    completed_at: run.completedAt === null ? null : bodyTime(run.completedAt),
    url,
    html_url: `${webUrl(repository, links)}/runs/${id}`,
    details_url: run.detailsUrl,
    output: { ...output, annotations_count: run.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: { id: run.suiteId },
    app: app === undefined ? null : showApp(github, app, links),
    pull_requests: showPullsAt(repository, run.headSha),
  };
}

function changed(run: CheckRun, body: Fields, now: number): CheckRun {
  const conclusion = textField(body, "conclusion") ?? null;
  const status = conclusion === null ? (textField(body, "status") ?? run.status) : "completed";
  const output = body["output"];
  const finished = parseInstant(body["completed_at"]) ?? run.completedAt ?? now;
  return {
    ...run,
    name: textField(body, "name") ?? run.name,
    externalId: textField(body, "external_id") ?? run.externalId,
    detailsUrl: textField(body, "details_url") ?? run.detailsUrl,
    status,
    conclusion: status === "completed" ? (conclusion ?? run.conclusion) : null,
    completedAt: status === "completed" ? finished : null,
    ...(isFields(output) ? outputOf(run, output) : {}),
  };
}

function outputOf(run: CheckRun, output: Fields) {
  const text = (name: "title" | "summary" | "text") => textField(output, name) ?? null;
  return {
    output: {
      title: text("title") ?? run.output.title,
      summary: text("summary"),
      text: text("text") ?? run.output.text,
    },
    annotations: [...run.annotations, ...listOf(output["annotations"]).filter(isFields)],
  };
}

function askedRun({ repository, parameters }: RepositoryCall): CheckRun | null {
  return repository.checkRuns.get(Number(parameters["check_run_id"])) ?? null;
}
