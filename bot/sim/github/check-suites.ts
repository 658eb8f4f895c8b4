import { showApp } from "./apps.ts";
import { type Links, notFound, ok, type Reply, type RepositoryCall } from "./call.ts";
import type { CheckSuite } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl } from "./show-commit.ts";

/** The one that is there, or a new one. */
export function suiteFor(github: GitHub, repository: Repository, appId: number, headSha: string): CheckSuite {
  const known = [...repository.checkSuites.values()].find((one) => one.appId === appId && one.headSha === headSha);
  const suite = known ?? { id: github.nextId(), appId, headSha, isAsked: false };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

export function getSuite({ github, repository, parameters, links }: RepositoryCall): Reply {
  const suite = repository.checkSuites.get(Number(parameters["check_suite_id"]));
  return suite === undefined ? notFound() : ok(showSuite(github, repository, suite, links));
}

/** A suite that is asked for again waits, until its app changes one of its runs. */
export function askSuite(repository: Repository, id: number, isAsked: boolean): void {
  const suite = repository.checkSuites.get(id);
  if (suite !== undefined) repository.checkSuites.set(id, { ...suite, isAsked });
}

/** What "Re-run all checks" does; the runs stay as they are until the app changes them. */
export function rerequestSuite({ github, repository, parameters }: RepositoryCall): Reply {
  const suite = repository.checkSuites.get(Number(parameters["check_suite_id"]));
  if (suite === undefined) return notFound();
  askSuite(repository, suite.id, true);
  github.log.add({ kind: "check-suite", action: "rerequested", repository, suite: { ...suite, isAsked: true } });
  return { status: 201, body: {} };
}

export function showSuite(github: GitHub, repository: Repository, suite: CheckSuite, links: Links): object {
  const { id, appId, headSha } = suite;
  const app = github.apps.find((one) => one.id === appId);
  const branch = [...repository.refs].find(([ref, sha]) => ref.startsWith("refs/heads/") && sha === headSha);
  return {
    id,
    head_sha: headSha,
    head_branch: branch?.[0].slice("refs/heads/".length) ?? null,
    ...standingOf(repository, suite),
    url: `${repositoryUrl(repository, links)}/check-suites/${id}`,
    app: app === undefined ? null : showApp(github, app, links),
    pull_requests: showPullsAt(repository, headSha),
  };
}

/** It is as far as the one of its runs that is least far, and ends as badly as the worst. */
function standingOf(repository: Repository, { id, isAsked }: CheckSuite) {
  const runs = [...repository.checkRuns.values()].filter(({ suiteId }) => suiteId === id);
  if (isAsked || runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some(({ status }) => status !== "completed")) return { status: "in_progress", conclusion: null };
  const worst = runs.find(({ conclusion }) => conclusion !== "success") ?? runs[0];
  return { status: "completed", conclusion: worst?.conclusion ?? null };
}

/** Those of this repository's branches; of a fork's GitHub says nothing here. */
export function showPullsAt(repository: Repository, headSha: string): readonly object[] {
  return [...repository.pulls.values()]
    .filter((pull) => pull.head.sha === headSha && pull.head.repository === repository)
    .map(({ number, head, base }) => ({ number, head: { sha: head.sha, ref: head.ref }, base }));
}
