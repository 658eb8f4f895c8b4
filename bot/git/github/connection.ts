import { Octokit, RequestError } from "octokit";
import type { Clock, Log } from "../../coordinator/ports.ts";
import { type Duration, SECOND } from "../../core/instant.ts";
import { tokenIn } from "../access.ts";
import { AppTokens, type KnownApp } from "./app-tokens.ts";
import { Wire } from "./wire.ts";

export interface AppIdentity {
  readonly kind: "app";
  /** The App's number, or its client id. */
  readonly id: string;
  readonly keyFile: string;
}

/** Who the bot is to GitHub. */
export type GitHubIdentity =
  | AppIdentity
  | { readonly kind: "token"; readonly file: string }
  | { readonly kind: "nobody" };

export interface GitHubParts {
  readonly owner: string;
  readonly repo: string;
  /** As https://HOST/api/v3 of an Enterprise server. */
  readonly apiUrl: string;
  readonly identity: GitHubIdentity;
  readonly caFile?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For a server on this machine: the environment's proxy is not used. */
  readonly isDirect?: boolean;
  /** For each request. */
  readonly deadline?: Duration;
  /** Of an answer. */
  readonly mostBytes?: number;
}

export interface GitHubConnection {
  /** Signs its requests. Asks once, but for a token that ended in the meantime; what it rejects with goes to `wordsOf`. */
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly identity: GitHubIdentity["kind"];
  /** As git's password over https; null for nobody. Rejects with what `wordsOf` has words for. */
  token(): Promise<string | null>;
  /** Null where the bot is none. Rejects with what `wordsOf` has words for. */
  app(): Promise<KnownApp | null>;
  close(): Promise<void>;
}

const DEADLINE: Duration = 30 * SECOND;
/** Far more than the answers have that the bot asks for. */
const MOST_BYTES = 8 * 1024 * 1024;

const silent = (): void => {};
/** Octokit writes to the console where it is given no log. */
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

export function connectGitHub(parts: GitHubParts): GitHubConnection {
  const { owner, repo, apiUrl, identity, caFile, clock, log } = parts;
  const { deadline = DEADLINE, mostBytes = MOST_BYTES, isDirect = false } = parts;
  const wire = new Wire({ deadline, mostBytes, isDirect, ...(caFile === undefined ? {} : { caFile }) });
  const options = {
    baseUrl: apiUrl,
    userAgent: "bootswain",
    log: SILENT,
    request: { fetch: wire.fetch, log: SILENT },
    // Both wait in mid-call, and the second holds up all other calls meanwhile.
    retry: { enabled: false },
    throttle: { enabled: false },
  };
  const octokit = new Octokit(options);
  const tokens = tokensOf(identity, (app) => new AppTokens({ ...app, owner, repo, clock, log, options }));
  if (tokens !== null) signWith(tokens, octokit);
  return {
    ...{ octokit, owner, repo, identity: identity.kind },
    token: async () => (tokens === null ? null : tokens.token()),
    app: async () => tokens?.app() ?? null,
    close: () => wire.close(),
  };
}

interface Tokens {
  /** How it stands before the token; `wordsOf` tells by it whose token was refused. */
  readonly scheme: "token" | "bearer";
  token(): Promise<string>;
  /** It was refused. */
  drop(token: string): void;
  /** Null for a token of a file. */
  app(): Promise<KnownApp> | null;
}

function tokensOf(identity: GitHubIdentity, tokensOfApp: (app: AppIdentity) => AppTokens): Tokens | null {
  switch (identity.kind) {
    case "app": {
      const tokens = tokensOfApp(identity);
      return {
        scheme: "token",
        token: () => tokens.token(),
        drop: (token) => tokens.drop(token),
        app: () => tokens.app(),
      };
    }
    case "token":
      return { scheme: "bearer", token: () => tokenIn(identity.file), drop: () => {}, app: () => null };
    case "nobody":
      return null;
    default:
      return identity satisfies never;
  }
}

/** A token that was revoked, or changed in its file, while it was in use is replaced once; the call was not carried out. */
function signWith({ scheme, token, drop }: Tokens, octokit: Octokit): void {
  octokit.hook.wrap("request", async (request, options) => {
    const signed = (by: string) => ({ ...options, headers: { ...options.headers, authorization: `${scheme} ${by}` } });
    const first = await token();
    try {
      return await request(signed(first));
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 401) throw error;
      drop(first);
      const next = await token();
      if (next === first) throw error;
      return request(signed(next));
    }
  });
}
