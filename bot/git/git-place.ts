import { withoutPassword } from "./git-trouble.ts";

export interface GitPlace {
  /** https, ssh or file. */
  readonly url: string;
  /** A branch, or else a tag; either by its full name too, as refs/tags/v1. */
  readonly ref: string;
  /** The policy's path in the repository. */
  readonly path: string;
}

const PROTOCOLS = ["https", "ssh", "file"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** As git@github.com:acme/policies.git, which git takes for ssh. */
const SCP_LIKE = /^[^\s/:]+:(?!:|\/\/)/;

export function protocolOf(url: string): Protocol | null {
  const named = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (named === undefined) return SCP_LIKE.test(url) ? "ssh" : null;
  return PROTOCOLS.find((protocol) => protocol === named) ?? null;
}

/**
 * Where to look, the first that is there. By git's own rules a tag would win over a branch of the same name, and whoever
 * may tag could change the policy; and so could a branch that is named as another one is in full.
 */
export function fullRefs(ref: string): readonly string[] {
  return ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

export const noSuchRef = (ref: string): string =>
  `the repository has neither a branch nor a tag ${JSON.stringify(ref)}`;

/** Why a place can't be used, as a sentence; null when it can. */
export function problemOfPlace({ url, ref, path }: GitPlace): string | null {
  return problemOfNames({ repository: url, branch: ref, path }) ?? problemOfUrl(url);
}

/** What no name of a place may be, wherever it ends up. */
export function problemOfNames(names: {
  readonly repository: string;
  readonly branch: string;
  readonly path: string;
}): string | null {
  for (const [name, value] of Object.entries(names)) {
    if (value === "" || value.startsWith("-"))
      return `The policy's ${name} ${JSON.stringify(value)} can't be used: it is empty or begins with "-".`;
    if (/\p{Cc}/u.test(value))
      return `The policy's ${name} ${JSON.stringify(withoutPassword(value))} can't be used: it holds a control character.`;
  }
  const { path } = names;
  if (path.startsWith("/") || path.split("/").includes(".."))
    return `The policy's path ${path} must be inside the repository.`;
  return null;
}

/** As servers make them; some take one in the place of a name. */
const TOKEN_AS_NAME = /^https:\/\/(gh[a-z]_|github_pat_|gl[a-z]+-|[^/@]{36})[^/@]*@/i;

function problemOfUrl(url: string): string | null {
  if (TOKEN_AS_NAME.test(url))
    return "The policy's repository can't hold a token, since others can see it there: put it into a file, and name that by --policy-token-file.";
  const shown = withoutPassword(url);
  if (protocolOf(url) === null)
    return `The policy's repository ${shown} can't be used: it must be https://, ssh:// (or user@host:path), or file:///.`;
  if (/^[a-z]+:\/\/([^/@]*@)?-|^([^/:@]*@)-/i.test(url))
    return `The policy's repository ${shown} can't be used: its host begins with "-".`;
  if (shown !== url)
    return `The policy's repository ${shown} can't hold a password, since others can see it there: put it into a file, and name that by --policy-token-file.`;
  if (protocolOf(url) === "https" && !URL.canParse(url)) return `The policy's repository ${shown} is no URL.`;
  return null;
}

export const nameOfPlace = ({ url, ref, path }: GitPlace): string => `${withoutPassword(url)}@${ref}:${path}`;
