import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock, Stoppable } from "../../coordinator/ports.ts";
import { ScriptedFaults } from "../scripted-faults.ts";
import type { App } from "./access.ts";
import type { Links } from "./call.ts";
import type { Asked, Desk } from "./desk.ts";
import type { Fault } from "./fault.ts";
import type { GitHub } from "./github.ts";
import type { GitHubEvent } from "./github-news.ts";
import { hookEvent } from "./hook-payloads.ts";
import { HookPost } from "./hook-post.ts";
import { answerAsked, faultAnswer, type HttpAnswer, send } from "./http-answer.ts";
import { type LimitOptions, RateLimits } from "./rate-limits.ts";
import { type Match, match } from "./routes.ts";
import { Webhooks } from "./webhooks.ts";

export interface GitHubServerOptions {
  readonly github: GitHub;
  /** For slow answers. */
  readonly after: Clock["after"];
  /** "/api/v3" as on an Enterprise server; the root as on github.com if not given. */
  readonly prefix?: string;
  /** Nobody counts if not given. */
  readonly limits?: LimitOptions;
}

export interface ApiRequest {
  /** As octokit names it; the method and path where there is no such route. */
  readonly route: string;
  readonly path: string;
  /** "cut" for one that got no answer. */
  readonly status: number | "cut";
}

/** Starts a GitHub on 127.0.0.1, with its API under `apiUrl`. */
export async function startGitHubServer(options: GitHubServerOptions): Promise<GitHubServer> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return new GitHubServer(options, http, `http://127.0.0.1:${address.port}`);
}

export class GitHubServer {
  /** For octokit's `baseUrl`. */
  readonly apiUrl: string;
  readonly links: Links;
  readonly faults = new ScriptedFaults<Fault>();
  readonly webhooks: Webhooks;
  /** All that were answered or cut, in that order. */
  readonly requests: ApiRequest[] = [];
  readonly #options: GitHubServerOptions;
  readonly #http: Server;
  readonly #desk: Desk;
  readonly #slow = new Set<Stoppable>();
  readonly #post: HookPost;

  constructor(options: GitHubServerOptions, http: Server, web: string) {
    const { github, prefix = "", limits } = options;
    this.apiUrl = `${web}${prefix}`;
    this.links = { api: this.apiUrl, web };
    this.#options = options;
    this.#http = http;
    const counting = limits === undefined ? null : new RateLimits(limits, github.now);
    this.#desk = { github, links: this.links, limits: counting };
    this.#post = new HookPost(options.after);
    const show = (event: GitHubEvent, app: App | null) => hookEvent(github, event, app, this.links);
    this.webhooks = new Webhooks(github, (parcel) => this.#post.send(parcel), show);
    http.on("request", (request, response) => this.#receive(request, response));
  }

  /** Ends all connections; slow answers are never given, and what goes to hooks is not reached. */
  async close(): Promise<void> {
    this.webhooks.stop();
    this.#post.close();
    for (const timer of this.#slow) timer.stop();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "GET", headers } = request;
      const url = new URL(request.url ?? "/", this.links.web);
      this.#call({ method, url, headers, body: Buffer.concat(chunks).toString("utf8") }, response);
    });
  }

  #call(asked: Asked, response: ServerResponse): void {
    const { prefix = "" } = this.#options;
    const { pathname } = asked.url;
    const matched = pathname.startsWith(prefix) ? match(asked.method, pathname.slice(prefix.length)) : null;
    const route = matched?.route.name ?? `${asked.method} ${pathname}`;
    const fault = this.faults.take(route);
    const run = () => this.#finish(route, asked, response, answerAsked(this.#desk, asked, matched));
    if (fault === null) run();
    else this.#fail(fault, { route, asked, matched, response, run });
  }

  #fail(
    fault: Fault,
    call: { route: string; asked: Asked; matched: Match | null; response: ServerResponse; run: () => void },
  ): void {
    const { route, asked, response, run } = call;
    const answer = faultAnswer(this.#desk, fault);
    if (answer !== null) this.#finish(route, asked, response, answer);
    else if (fault.kind === "slow") this.#later(fault.delay, run);
    else {
      if (fault.kind === "cut" && fault.arrived) answerAsked(this.#desk, asked, call.matched);
      this.requests.push({ route, path: asked.url.pathname, status: "cut" });
      response.destroy();
    }
  }

  #later(delay: number, run: () => void): void {
    const timer = this.#options.after(delay, () => {
      this.#slow.delete(timer);
      run();
    });
    this.#slow.add(timer);
  }

  #finish(route: string, asked: Asked, response: ServerResponse, answer: HttpAnswer): void {
    this.requests.push({ route, path: asked.url.pathname, status: answer.status });
    send(response, answer, this.#options.github.now());
  }
}
