import type { IncomingHttpHeaders } from "node:http";
import { type Fields, isFields } from "../slack/fields.ts";
import { parseJson } from "../slack/json.ts";
import { type Caller, maySee, refusalOf } from "./access.ts";
import { judgeJwt, looksLikeJwt } from "./app-jwt.ts";
import { SUSPENDED } from "./apps.ts";
import { type Call, type Links, notFound, type Reply, refuse } from "./call.ts";
import type { GitHub } from "./github.ts";
import type { RateLimits } from "./rate-limits.ts";
import { redirect } from "./repositories.ts";
import type { Repository } from "./repository.ts";
import type { Match } from "./routes.ts";

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Desk {
  readonly github: GitHub;
  readonly links: Links;
  /** Null where nobody counts, as on most Enterprise servers. */
  readonly limits: RateLimits | null;
}

/** Who asks, or how GitHub turns them away at the door. */
export type Identity = { readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly reply: Reply };

export function identify(github: GitHub, authorization: string | undefined): Identity {
  if (authorization === undefined) return { ok: true, caller: { kind: "anonymous" } };
  const token = /^(?:token|bearer)\s+(\S+)$/i.exec(authorization)?.[1] ?? "";
  if (looksLikeJwt(token)) {
    const verdict = judgeJwt(token, github.apps, github.now());
    if (verdict.ok) return { ok: true, caller: { kind: "app", app: verdict.app } };
    return { ok: false, reply: refuse(verdict.status, verdict.message) };
  }
  const caller = github.holder(token);
  if (caller?.kind === "installation" && github.suspended.has(caller.installation)) {
    return { ok: false, reply: refuse(403, SUSPENDED) };
  }
  return caller === null ? { ok: false, reply: refuse(401, "Bad credentials") } : { ok: true, caller };
}

/** Whose budget a call is charged to. */
export function payerOf(caller: Caller): string {
  switch (caller.kind) {
    case "anonymous":
      return "anonymous";
    case "app":
      return `app ID ${caller.app.id}`;
    case "installation":
      return `installation ID ${caller.installation.id}`;
    case "user":
      return `user ID ${caller.account.id}`;
    default:
      return caller satisfies never;
  }
}

/** Does the work of a call. */
export function carryOut(desk: Desk, asked: Asked, caller: Caller, { route, parameters }: Match): Reply {
  const { github, links } = desk;
  const accept = asked.headers.accept ?? "";
  const body = bodyOf(asked);
  if (body === null) return refuse(400, "Problems parsing JSON");
  const call: Call = { github, caller, url: asked.url, parameters, accept, body, links };
  if (route.kind === "global") return route.handle(call);
  const { owner = "", repo = "", repository_id: id } = parameters;
  const repository = id === undefined ? github.repository(owner, repo) : github.repositoryById(Number(id));
  if (repository === null) return moved(desk, asked, caller, owner, repo);
  // An app asks with its own name where it is installed, before it has any token.
  if (caller.kind === "app" && route.name.endsWith("/installation")) return route.handle({ ...call, repository });
  if (!maySee(caller, repository)) return notFound();
  if (lacksSso(github, caller, repository)) return refuseWithoutSso(repository.owner, links);
  if (caller.kind === "anonymous" && route.need.level === "write") return refuse(401, "Requires authentication");
  const refusal = refusalOf(caller, repository, route.need);
  if (refusal === null) return route.handle({ ...call, repository });
  const accepted = route.need.anyOf.map((permission) => `${permission}=${route.need.level}`).join("; ");
  return { ...refuse(403, refusal), headers: { "x-accepted-github-permissions": accepted } };
}

/** Fine-grained tokens are let in when they are made. */
function lacksSso(github: GitHub, caller: Caller, { owner }: Repository): boolean {
  return caller.kind === "user" && caller.permissions === "all" && github.enforcesSso(owner) && !caller.sso.has(owner);
}

function refuseWithoutSso(owner: string, { web }: Links): Reply {
  const url = `${web}/orgs/${owner}/sso?authorization_request=AAAA`;
  const message =
    "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
  return { ...refuse(403, message), headers: { "x-github-sso": `required; url=${url}` } };
}

function moved({ github, links }: Desk, { method, url }: Asked, caller: Caller, owner: string, repo: string): Reply {
  const repository = github.movedFrom(owner, repo);
  if (repository === null || !maySee(caller, repository)) return notFound();
  const rest = url.pathname.split(`/repos/${owner}/${repo}`)[1] ?? "";
  const location = `${links.api}/repositories/${repository.id}${rest}${url.search}`;
  return redirect(method === "GET" ? 301 : 307, location);
}

function bodyOf({ body }: Asked): Fields | null {
  if (body === "") return {};
  const parsed = parseJson(body);
  return isFields(parsed) ? parsed : null;
}
