import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { type Json, parseJson } from "./json.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type PatchType = "merge" | "strategic" | "json" | "apply";

export interface Answer {
  readonly code: number;
  /** The parsed object; a text answer such as that of /readyz is a string. */
  readonly body: Json;
  readonly headers: IncomingHttpHeaders;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Json;
}

/** A client of one user that retries nothing and hides nothing: a test sees the server's own answer. */
export interface Rest {
  request(method: Method, path: string, body?: Json, patchType?: PatchType): Promise<Answer>;
  /** The events of one watch request, until the server or the signal ends it. */
  watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
  close(): void;
}

export interface RestOptions {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** The API server answered a request of a test's own set-up with something else than 2xx. */
export class RequestRefused extends Error {
  readonly answer: Answer;

  constructor(method: Method, path: string, answer: Answer) {
    super(`${method} ${path} was answered with ${answer.code}: ${JSON.stringify(answer.body)}`);
    this.name = "RequestRefused";
    this.answer = answer;
  }
}

const answerTimeoutMs = 30_000;
const patchContentType: Record<PatchType, string> = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

export function createRest(options: RestOptions): Rest {
  const agent = new Agent({ ca: options.ca, keepAlive: true });
  const authorization = `Bearer ${options.token}`;

  async function request(method: Method, path: string, body?: Json, patchType: PatchType = "merge"): Promise<Answer> {
    const contentType = method === "PATCH" ? patchContentType[patchType] : "application/json";
    const headers = { authorization, ...(body === undefined ? {} : { "content-type": contentType }) };
    const signal = AbortSignal.timeout(answerTimeoutMs);
    const response = await send(new URL(path, options.url), { method, agent, headers, signal }, body);
    const text = await readText(response);
    const isJson = response.headers["content-type"]?.includes("json") ?? false;
    return { code: response.statusCode ?? 0, body: isJson ? parseJson(text) : text, headers: response.headers };
  }

  async function* watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent> {
    const url = new URL(path, options.url);
    url.searchParams.set("watch", "true");
    const response = await send(url, { method: "GET", agent, headers: { authorization }, signal });
    if (response.statusCode !== 200) {
      const answer = { code: response.statusCode ?? 0, body: await readText(response), headers: response.headers };
      throw new RequestRefused("GET", `${url.pathname}${url.search}`, answer);
    }
    let begun = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = `${begun}${chunk}`.split("\n");
      begun = lines.pop() ?? "";
      yield* lines.map(parseWatchEvent);
    }
  }

  return { request, watch, close: () => agent.destroy() };
}

/** A request of a test's set-up: everything but 2xx is thrown as RequestRefused. */
export async function mustSend(
  rest: Rest,
  ...[method, path, body, patchType]: Parameters<Rest["request"]>
): Promise<Json> {
  const answer = await rest.request(method, path, body, patchType);
  if (answer.code < 200 || answer.code > 299) throw new RequestRefused(method, path, answer);
  return answer.body;
}

function send(url: URL, options: RequestOptions, body?: Json): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, options, resolve)
      .on("error", reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parseWatchEvent(line: string): WatchEvent {
  return JSON.parse(line) as WatchEvent;
}
