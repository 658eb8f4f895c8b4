import { isFields, listOf } from "../slack/fields.ts";
import { type App, covers, type Installation, type Permissions } from "./access.ts";
import {
  type Call,
  type Links,
  notFound,
  ok,
  page,
  type Reply,
  type RepositoryCall,
  refuse,
  showAccount,
} from "./call.ts";
import type { GitHub } from "./github.ts";
import { bodyTime } from "./http-time.ts";
import { showRepository } from "./repositories.ts";
import type { Repository } from "./repository.ts";

export const SUSPENDED = "This installation has been suspended";
const NOT_DECODED = "A JSON web token could not be decoded";

export function getApp({ caller, github, links }: Call): Reply {
  return caller.kind === "app" ? ok(showApp(github, caller.app, links)) : refuse(401, NOT_DECODED);
}

export function listInstallations(call: Call): Reply {
  const { caller, github, links } = call;
  if (caller.kind !== "app") return refuse(401, NOT_DECODED);
  const own = github.installations.filter(({ app }) => app === caller.app);
  return page(call, own, (some) => some.map((one) => showInstallation(github, one, links)));
}

export function getRepositoryInstallation({ caller, github, repository, links }: RepositoryCall): Reply {
  if (caller.kind !== "app") return refuse(401, NOT_DECODED);
  const found = github.installations.find((one) => one.app === caller.app && covers(one, repository));
  return found === undefined ? notFound() : ok(showInstallation(github, found, links));
}

export function createAccessToken(call: Call): Reply {
  const { caller, github, parameters, body, links } = call;
  if (caller.kind !== "app") return refuse(401, NOT_DECODED);
  const id = Number(parameters["installation_id"]);
  const installation = github.installations.find((one) => one.id === id && one.app === caller.app);
  if (installation === undefined) return notFound();
  if (github.suspended.has(installation)) return refuse(403, SUSPENDED);
  const permissions = narrowed(caller.app.permissions, body["permissions"]);
  if (permissions === null) return refuse(422, "The permissions requested are not granted to this installation.");
  const asked = listOf(body["repositories"]);
  const all = [...github.repositories].filter((one) => covers(installation, one));
  const some = all.filter(({ name }) => asked.includes(name));
  if (some.length < asked.length) {
    return refuse(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const only = asked.length === 0 ? installation.repositories : new Set(some.map((one) => one.id));
  const { token, expiresAt } = github.grant(installation, permissions, only);
  const selection = only === "all" ? "all" : "selected";
  const repositories =
    asked.length === 0 ? {} : { repositories: some.map((one) => showRepository(github, one, links)) };
  const expires_at = bodyTime(expiresAt);
  return { status: 201, body: { token, expires_at, permissions, repository_selection: selection, ...repositories } };
}

export function listInstallationRepositories(call: Call): Reply {
  const { caller, github, links } = call;
  if (caller.kind !== "installation")
    return refuse(
      403,
      "You must authenticate with an installation access token in order to list repositories for an installation.",
    );
  const has = (one: Repository) => caller.repositories === "all" || caller.repositories.has(one.id);
  const own = [...github.repositories].filter((one) => covers(caller.installation, one) && has(one));
  return page(call, own, (some) => ({
    total_count: own.length,
    repository_selection: caller.repositories === "all" ? "all" : "selected",
    repositories: some.map((one) => showRepository(github, one, links)),
  }));
}

export function getUser({ caller, links }: Call): Reply {
  if (caller.kind === "anonymous") return refuse(401, "Requires authentication");
  if (caller.kind !== "user") return refuse(403, "Resource not accessible by integration");
  return ok({ ...showAccount(caller.account, links), name: caller.account.login });
}

export function showApp(github: GitHub, { id, clientId, slug, owner, permissions, events }: App, links: Links) {
  const account = showAccount(github.account(owner), links);
  return {
    id,
    client_id: clientId,
    slug,
    name: slug,
    owner: account,
    html_url: `${links.web}/apps/${slug}`,
    permissions,
    events,
  };
}

function showInstallation(github: GitHub, installation: Installation, links: Links) {
  const { id, app, account, repositories } = installation;
  const since = github.suspended.get(installation);
  return {
    id,
    account: showAccount(github.account(account), links),
    repository_selection: repositories === "all" ? "all" : "selected",
    access_tokens_url: `${links.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${links.api}/installation/repositories`,
    app_id: app.id,
    app_slug: app.slug,
    permissions: app.permissions,
    events: app.events,
    suspended_at: since === undefined ? null : bodyTime(since),
    suspended_by: since === undefined ? null : showAccount(github.account(account), links),
  };
}

/** Null when more is asked for than the app has. */
function narrowed(granted: Permissions, asked: unknown): Permissions | null {
  if (!isFields(asked) || Object.keys(asked).length === 0) return granted;
  const has: Readonly<Record<string, string>> = { metadata: "read", ...granted };
  const isGranted = Object.entries(asked).every(([name, level]) => has[name] === "write" || has[name] === level);
  if (!isGranted) return null;
  const given = Object.entries(granted).filter(([name]) => name in asked);
  return Object.fromEntries(given.map(([name, level]) => [name, asked[name] === "read" ? "read" : level]));
}
