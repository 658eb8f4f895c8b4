import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit, RequestError } from "octokit";
import type { Clock, Log } from "../../coordinator/ports.ts";
import { type Duration, HOUR, type Instant, MINUTE, parseInstant } from "../../core/instant.ts";
import { numberWithin, textWithin } from "./shape.ts";
import { fitToShow, GitHubFailed, wordsOf } from "./trouble.ts";

type OctokitOptions = NonNullable<ConstructorParameters<typeof Octokit>[0]>;

interface AppParts {
  /** The App's number, or its client id. */
  readonly id: string;
  readonly keyFile: string;
  readonly owner: string;
  readonly repo: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For octokit, beside who asks. */
  readonly options: OctokitOptions;
}

export interface KnownApp {
  readonly id: number;
  /** It writes as slug[bot]. */
  readonly slug: string;
}

interface Held {
  readonly token: string;
  /** By the monotonic clock. */
  readonly renewAt: Duration;
}

/** Whoever gets a token has this long to use it, where it lasts that long. */
const MARGIN: Duration = 5 * MINUTE;

/** Tokens of the App's installation on one repository, as they are needed. Rejects with what `wordsOf` has words for. */
export class AppTokens {
  readonly #parts: AppParts;
  #held: Held | null = null;
  #pending: Promise<string> | null = null;
  #installation: number | null = null;

  constructor(parts: AppParts) {
    this.#parts = parts;
  }

  token(): Promise<string> {
    if (this.#held !== null && this.#parts.clock.monotonic() < this.#held.renewAt)
      return Promise.resolve(this.#held.token);
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** How the App is known to GitHub, which does not tell the tokens of its installations. */
  async app(): Promise<KnownApp> {
    const asApp = await this.#asApp();
    try {
      const { data } = await asApp.rest.apps.getAuthenticated();
      return { id: numberWithin(data, "id"), slug: textWithin(data, "slug") };
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** GitHub does not know it any more. */
  drop(token: string): void {
    if (this.#held?.token === token) this.#held = null;
  }

  async #renew(): Promise<string> {
    const asApp = await this.#asApp();
    const known = this.#installation;
    const granted = known === null ? null : await grant(asApp, known).catch(nullIfGone);
    const { token, renewIn } = granted ?? (await this.#grantAnew(asApp));
    this.#held = { token, renewAt: this.#parts.clock.monotonic() + renewIn };
    return token;
  }

  /** An App that was removed and installed again has another installation. */
  async #grantAnew(asApp: Octokit): Promise<Granted> {
    const { owner, repo } = this.#parts;
    this.#installation = null;
    try {
      const { data } = await asApp.rest.apps.getRepoInstallation({ owner, repo });
      this.#installation = data.id;
      return await grant(asApp, data.id);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  async #asApp(): Promise<Octokit> {
    const { id, keyFile, log, options } = this.#parts;
    const auth = { appId: id, privateKey: await keyIn(keyFile) };
    // It warns of a clock that differs from GitHub's, and goes on by GitHub's.
    const warn = (says: string): void => log.warn("github app", { says: fitToShow(says) });
    return new Octokit({
      ...options,
      log: { debug: warn, info: warn, warn, error: warn },
      authStrategy: createAppAuth,
      auth,
    });
  }

  #inWords(error: unknown): GitHubFailed {
    const { id, owner, repo, keyFile } = this.#parts;
    const trouble = wordsOf(error, {
      auth: `check --github-app-id ${id} and the key in ${keyFile}, and this machine's clock`,
      forbidden: `look whether the App's installation for ${owner}/${repo} is suspended`,
      missing: `App ${id} is not installed on ${owner}/${repo}, or one of the two does not exist`,
    });
    return new GitHubFailed(trouble, error);
  }
}

interface Granted {
  readonly token: string;
  readonly renewIn: Duration;
}

async function grant(asApp: Octokit, installation_id: number): Promise<Granted> {
  const { data, headers } = await asApp.rest.apps.createInstallationAccessToken({ installation_id });
  // By GitHub's clock alone: this machine's may be another. However wrong both are, not every request takes a new one.
  const lasts = lengthOf(parseInstant(headers.date), parseInstant(data.expires_at));
  return { token: data.token, renewIn: Math.max(lasts - MARGIN, lasts / 2, MINUTE) };
}

const lengthOf = (from: Instant | null, to: Instant | null): Duration =>
  from === null || to === null ? HOUR : Math.max(0, to - from);

function nullIfGone(error: unknown): null {
  if (error instanceof RequestError && error.status === 404) return null;
  throw error;
}

/** Read whenever a token is needed, so that a key that was changed counts. As PKCS#8, which the signing takes. */
async function keyIn(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new GitHubFailed({
      says: `the key file ${file} can't be read (${why}); check --github-app-key-file`,
      kind: "auth",
    });
  }
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    // What is in the file stays there: the error may hold a part of it.
  }
  const says = `the key file ${file} does not hold a private RSA key in PEM, as GitHub makes it for an App; check --github-app-key-file`;
  throw new GitHubFailed({ says, kind: "auth" });
}
