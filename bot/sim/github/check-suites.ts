import { showApp } from "./apps.ts";
import { type Links, notFound, type Reply, type RepositoryCall } from "./call.ts";
import type { CheckSuite } from "./conversation.ts";
import type { GitHub } from "./github.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl } from "./show-commit.ts";

/** The one that is there, or a new one. */
export function suiteFor(github: GitHub, repository: Repository, appId: number, headSha: string): CheckSuite {
  const known = [...repository.checkSuites.values()].find((one) => one.appId === appId && one.headSha === headSha);
  const suite = known ?? { id: github.nextId(), appId, headSha };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

/** What "Re-run all checks" does; the runs stay as they are until the app changes them. */
export function rerequestSuite({ github, repository, parameters }: RepositoryCall): Reply {
  const suite = repository.checkSuites.get(Number(parameters["check_suite_id"]));
  if (suite === undefined) return notFound();
  github.log.add({ kind: "check-suite", action: "rerequested", repository, suite });
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
    status: "queued",
    conclusion: null,
    url: `${repositoryUrl(repository, links)}/check-suites/${id}`,
    app: app === undefined ? null : showApp(github, app, links),
    pull_requests: showPullsAt(repository, headSha),
  };
}

/** Those of this repository's branches; of a fork's GitHub says nothing here. */
export function showPullsAt(repository: Repository, headSha: string): readonly object[] {
  return [...repository.pulls.values()]
    .filter((pull) => pull.head.sha === headSha && pull.head.repository === repository)
    .map(({ number, head, base }) => ({ number, head: { sha: head.sha, ref: head.ref }, base }));
}
