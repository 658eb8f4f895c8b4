import { readFile } from "node:fs/promises";
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";
import type { Stoppable } from "../../coordinator/ports.ts";
import type { Duration } from "../../core/instant.ts";
import { Secrets } from "./secrets.ts";
import { fitToShow, GitHubFailed } from "./trouble.ts";
import { unanswered } from "./unanswered.ts";

interface WireParts {
  /** The certificates in PEM that the server is trusted by, read again at each request; Node's own when left out. */
  readonly caFile?: string;
  /** For a whole request, its redirects and its body included. */
  readonly deadline: Duration;
  readonly mostBytes: number;
  /** Whatever proxy the environment names: none is used. */
  readonly isDirect?: boolean;
}

/** What octokit gives to `fetch`. */
interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

interface Agent {
  readonly ca: string | null;
  readonly dispatcher: EnvHttpProxyAgent;
}

const MOST_REDIRECTS = 3;
const NO_BODY: readonly number[] = [204, 205, 304];

/**
 * Requests that are bounded in time and in the size of their answer, over the proxy that the environment names. What it
 * rejects with is GitHubFailed. Nothing is sent on to another host, since a token would go with it.
 */
export class Wire {
  readonly #parts: WireParts;
  readonly #secrets = new Secrets();
  #agent: Agent | null = null;

  constructor(parts: WireParts) {
    this.#parts = parts;
  }

  /** For octokit's `request.fetch`. */
  readonly fetch = async (url: string, sent: Sent): Promise<globalThis.Response> => {
    const { host } = new URL(url);
    this.#secrets.note(sent.headers["authorization"]);
    const end = endOf(host, this.#parts.deadline, sent.signal);
    const { signal } = end;
    try {
      const dispatcher = await this.#dispatcher();
      const answer = await this.#follow(new URL(url), { ...sent, signal }, dispatcher);
      return await this.#whole(answer, { host, sent });
    } catch (error) {
      throw unanswered(signal.aborted ? signal.reason : error, host);
    } finally {
      end.stop();
    }
  };

  async close(): Promise<void> {
    await this.#agent?.dispatcher.destroy();
    this.#agent = null;
  }

  async #dispatcher(): Promise<EnvHttpProxyAgent> {
    const { caFile, isDirect = false } = this.#parts;
    const ca = caFile === undefined ? null : await certificatesIn(caFile);
    if (this.#agent !== null && this.#agent.ca === ca) return this.#agent.dispatcher;
    const tls = ca === null ? {} : { ca };
    const around = isDirect ? { noProxy: "*" } : {};
    const dispatcher = new EnvHttpProxyAgent({
      allowH2: false,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
      ...around,
    });
    // What is under way over the old one comes to its end.
    void this.#agent?.dispatcher.close();
    this.#agent = { ca, dispatcher };
    return dispatcher;
  }

  async #follow(first: URL, sent: Sent & { readonly signal: AbortSignal }, dispatcher: EnvHttpProxyAgent) {
    let url = first;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      const { method, headers, body, signal } = sent;
      const how: RequestInit = { method, headers, signal, dispatcher, redirect: "manual" };
      const answer = await fetch(url, body === undefined ? how : { ...how, body });
      // Octokit would take any other redirect for an answer.
      if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return answer;
      await answer.body?.cancel();
      const next = redirectOf(answer, url, method);
      if (next === null) throw redirected(first, `redirects (${answer.status}) to where this can't be asked again`);
      if (next.origin !== first.origin)
        throw redirected(first, `sends this on to ${fitToShow(next.host)}, and a token is not sent to another host`);
      url = next;
    }
    throw redirected(first, "redirects without end");
  }

  /** All of the answer at once, so that what octokit makes of it can't be cut, endless or a secret said back. */
  async #whole(answer: Response, about: { readonly host: string; readonly sent: Sent }): Promise<globalThis.Response> {
    const bytes = this.#secrets.hideIn(await this.#bytesOf(answer, about.host));
    if (answer.ok && !NO_BODY.includes(answer.status)) refuseOtherThanJson(answer, bytes, about);
    const headers = [...answer.headers].map(([name, value]): [string, string] => [name, this.#secrets.hide(value)]);
    const isEmpty = bytes.length === 0 || NO_BODY.includes(answer.status);
    const whole = new globalThis.Response(isEmpty ? null : new Uint8Array(bytes), { status: answer.status, headers });
    // Octokit reads the next page of some lists from it.
    Object.defineProperty(whole, "url", { value: answer.url });
    return whole;
  }

  async #bytesOf(answer: Response, host: string): Promise<Buffer> {
    const { mostBytes } = this.#parts;
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      const bytes = Buffer.from(part);
      length += bytes.length;
      // Leaving the loop ends the connection.
      if (length > mostBytes)
        throw new GitHubFailed({ says: `${host} answers with more than ${mostBytes / 1024} KiB`, kind: "odd" });
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  }
}

/** Ends a request at its deadline, or when its caller is stopped. */
function endOf(host: string, deadline: Duration, caller: AbortSignal | undefined): Stoppable & { signal: AbortSignal } {
  const controller = new AbortController();
  const end = (says: string): void => controller.abort(new GitHubFailed({ says, kind: "unreachable" }));
  const timer = setTimeout(() => end(`${host} did not answer within ${deadline / 1_000} s`), deadline);
  const stopped = (): void => end("it was stopped");
  if (caller?.aborted === true) stopped();
  caller?.addEventListener("abort", stopped);
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", stopped);
    },
  };
}

async function certificatesIn(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    const says = `the certificates in ${file} can't be read (${why}); check --policy-ca-file`;
    throw new GitHubFailed({ says, kind: "unreachable" }, error);
  }
}

/** Where the same request is to be made again; null where it would become another one, or the address is none. */
function redirectOf(answer: Response, from: URL, method: string): URL | null {
  const location = answer.headers.get("location");
  const isMoved = answer.status === 307 || answer.status === 308;
  const isMovedForReaders = (answer.status === 301 || answer.status === 302) && method === "GET";
  return location !== null && (isMoved || isMovedForReaders) ? URL.parse(location, from.href) : null;
}

const redirected = ({ host }: URL, what: string): GitHubFailed =>
  new GitHubFailed({ says: `${host} ${what}; check --github-api-url`, kind: "odd" });

/** A sign-in page, or a proxy's, comes with 200 too; and octokit takes JSON that was cut for text. */
function refuseOtherThanJson(answer: Response, bytes: Buffer, { host, sent }: { host: string; sent: Sent }): void {
  if (!/\+json$/.test(sent.headers["accept"] ?? "")) return;
  const type = bytes.length === 0 ? "nothing" : (answer.headers.get("content-type")?.split(";")[0] ?? "no known type");
  if (/json$/.test(type) && isJson(bytes)) return;
  const what = /json$/.test(type) ? "JSON that is not whole" : fitToShow(type);
  const says = `${host} answers with ${what} (${answer.status}) where JSON was asked for; check --github-api-url, and what stands before it: a proxy, or a page to sign in`;
  throw new GitHubFailed({ says, kind: "odd" });
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
