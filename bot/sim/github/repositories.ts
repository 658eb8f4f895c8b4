import { type Links, ok, type Reply, type RepositoryCall, refuse, showAccount } from "./call.ts";
import type { GitHub } from "./github.ts";
import type { Repository } from "./repository.ts";
import { repositoryUrl, showCommit, webUrl } from "./show-commit.ts";

export function getRepository({ repository, github, links }: RepositoryCall): Reply {
  return ok(showRepository(github, repository, links));
}

export function showRepository(github: GitHub, repository: Repository, links: Links): object {
  const { id, name, fullName, forkOf } = repository;
  return {
    id,
    name,
    full_name: fullName,
    owner: showAccount(github.account(repository.owner), links),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? "private" : "public",
    fork: forkOf !== null,
    default_branch: repository.defaultBranch,
    archived: false,
    url: repositoryUrl(repository, links),
    html_url: webUrl(repository, links),
    ...(forkOf === null ? {} : { parent: { id: forkOf.id, full_name: forkOf.fullName } }),
  };
}

/** The one place where GitHub leads on from a branch's former name; refs, commits and contents just miss it. */
export function getBranch({ github, repository, parameters, links }: RepositoryCall): Reply {
  const name = parameters["branch"] ?? "";
  const head = repository.head(name);
  const url = repositoryUrl(repository, links);
  if (head !== null) {
    const commit = showCommit(repository, head, links);
    return ok({
      name,
      commit,
      ...showProtection(github, repository, name),
      protection_url: `${url}/branches/${name}/protection`,
    });
  }
  const renamed = repository.renamedTo(name);
  if (renamed === null) return refuse(404, "Branch not found");
  return redirect(301, `${links.api}/repositories/${repository.id}/branches/${encodeURIComponent(renamed)}`);
}

/** A branch is protected by rulesets too; which checks those require, only their own list says. */
function showProtection(github: GitHub, repository: Repository, branch: string) {
  const classic = repository.protectionOf(branch);
  const enabled = classic !== null || (github.hasRulesets && repository.rulesetsFor(branch).length > 0);
  const contexts = classic?.requiredChecks ?? [];
  const checks = contexts.map((context) => ({ context, app_id: null }));
  const required = { enforcement_level: contexts.length > 0 ? "non_admins" : "off", contexts, checks };
  return { protected: enabled, protection: { enabled, required_status_checks: required } };
}

export function redirect(status: 301 | 307, location: string): Reply {
  const documentation = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects";
  const body = { message: "Moved Permanently", url: location, documentation_url: documentation };
  return { status, body, headers: { location } };
}
