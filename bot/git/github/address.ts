import { problemOfNames } from "../git-place.ts";

/** A policy on GitHub, as its options name it. */
export interface GitHubAddress {
  readonly owner: string;
  readonly repo: string;
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly ref: string;
  readonly path: string;
}

interface Named {
  /** OWNER/NAME */
  readonly repository: string;
  readonly apiUrl: string;
  readonly ref: string;
  readonly path: string;
}

export const API_OF_GITHUB = "https://api.github.com";

/** Neither begins with what a command line would take for an option. */
const REPOSITORY = /^(?<owner>[A-Za-z0-9_][\w-]*)\/(?<repo>(?!\.{1,2}$)[\w.][\w.-]*)$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** What git itself allows in no ref. */
const ODD_IN_REF = /[\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^\/|\/$|\.$|\.lock(\/|$)/;

/** The address, or why it can't be used, as a sentence. */
export function gitHubAddress({ repository, apiUrl, ref, path }: Named): GitHubAddress | string {
  const problem = problemOfNames({ repository, branch: ref, path }) ?? problemOfApi(apiUrl);
  if (problem !== null) return problem;
  const { owner, repo } = REPOSITORY.exec(repository)?.groups ?? {};
  if (owner === undefined || repo === undefined || repo.endsWith(".git"))
    return `The policy's repository on GitHub ${JSON.stringify(shown(repository))} can't be used: it must be OWNER/NAME, such as acme/policies, with no URL before and no .git behind it.`;
  if (ODD_IN_REF.test(ref))
    return `The policy's branch ${JSON.stringify(ref)} can't be used: no branch can be named so.`;
  return { owner, repo, apiUrl: apiUrl.replace(/\/+$/, ""), ref, path };
}

function problemOfApi(apiUrl: string): string | null {
  const url = URL.parse(apiUrl);
  if (url === null) return "GitHub's API can't be used: --github-api-url is no URL, such as https://HOST/api/v3.";
  const { protocol, hostname, username, password, search, hash } = url;
  const at = `GitHub's API ${url.origin}${url.pathname}`;
  if (username !== "" || password !== "")
    return `${at} can't hold a name or a password, since others can see it there: put a token into a file, and name that by --policy-token-file.`;
  if (protocol !== "https:" && !(protocol === "http:" && LOOPBACK.test(hostname)))
    return `${at} can't be used: it must be https://, since a token is sent there.`;
  return search === "" && hash === "" ? null : `${at} can't be used: it ends with a query.`;
}

/** Where people see what the API is about. An Enterprise server has both on one host; github.com and ghe.com do not. */
export function webOf({ apiUrl }: Pick<GitHubAddress, "apiUrl">): string {
  const { protocol, host, pathname } = new URL(apiUrl);
  const isOwnHost = pathname === "/" && /^api\.(github\.com$|.+\.ghe\.com$)/.test(host);
  return `${protocol}//${isOwnHost ? host.slice("api.".length) : host}`;
}

/** As people see the place. */
export function nameOfGitHubPlace(address: GitHubAddress): string {
  const { owner, repo, ref, path } = address;
  return `${new URL(webOf(address)).host}/${owner}/${repo}@${ref}:${path}`;
}

/** A token that was put there by mistake is nobody's business. */
const shown = (repository: string): string => repository.replace(/\/\/[^/]*@/, "//***@");
