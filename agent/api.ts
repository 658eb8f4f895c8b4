import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Access } from "./access.ts";
import type { Api, Reply } from "./ports.ts";
import { watchStream } from "./watch.ts";

export interface ApiSettings {
  readonly access: Access;
  /** The deadline of one call in milliseconds, its body included. */
  readonly callDeadline: number;
}

/** An Api over HTTP/1.1. close() cuts what is under way; nothing may be called after it. */
export interface HttpApi extends Api {
  close(): void;
}

/** Begins a request. Throws when the token can't be read. */
export type Send = (call: Call, answered: (response: IncomingMessage) => void) => ClientRequest;

export interface Call {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: string;
}

const GROUP = "/apis/bootswain.dev/v1alpha1";
const MOST_BODY = 4_000_000;

export function createApi(settings: ApiSettings): HttpApi {
  const { access, callDeadline } = settings;
  const isTls = access.server.protocol === "https:";
  const pool = isTls ? new HttpsAgent({ keepAlive: true, ...access.tls }) : new HttpAgent({ keepAlive: true });
  const send: Send = (call, answered) => {
    const url = new URL(access.server);
    const [path = "", query = ""] = call.path.split("?");
    url.pathname = url.pathname.replace(/\/$/, "") + path;
    url.search = query;
    const token = access.token();
    const headers = {
      accept: "application/json",
      "user-agent": "bootswain-agent",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(call.body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(call.body) }),
    };
    const request = (isTls ? httpsRequest : httpRequest)(url, { method: call.method, agent: pool, headers }, answered);
    request.end(call.body);
    return request;
  };
  const one = (call: Call): Promise<Reply> => answerOf(send, call, callDeadline);
  return {
    get: (resource, name) => one({ method: "GET", path: `${GROUP}/${resource}/${encodeURIComponent(name)}` }),
    putReportStatus: (name, object) =>
      one({
        method: "PUT",
        path: `${GROUP}/hostreports/${encodeURIComponent(name)}/status`,
        body: JSON.stringify(object),
      }),
    watchReboot: (name, resourceVersion, listener) =>
      watchStream(send, { path: `${GROUP}/nodereboots`, name, resourceVersion }, listener),
    close: () => pool.destroy(),
  };
}

function answerOf(send: Send, call: Call, deadline: number): Promise<Reply> {
  return new Promise((resolve) => {
    let request: ClientRequest | null = null;
    const timer = setTimeout(() => fail(`none within ${deadline} ms`), deadline);
    const end = (reply: Reply): void => {
      clearTimeout(timer);
      resolve(reply);
    };
    const fail = (why: string): void => {
      end({ kind: "unanswered", why });
      request?.destroy();
    };
    try {
      request = send(call, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
          if (text.length > MOST_BODY) fail("its body is too large");
        });
        response.on("end", () => end(replyOf(response, text)));
        response.on("error", (error) => fail(error.message));
      });
      request.on("error", (error) => fail(error.message));
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  });
}

function replyOf(response: IncomingMessage, text: string): Reply {
  // A deadline is checked against this header, so an answer without it is as good as none.
  const date = Date.parse(response.headers.date ?? "");
  if (Number.isNaN(date)) return { kind: "unanswered", why: "the answer has no Date header" };
  return { kind: "answered", code: response.statusCode ?? 0, body: parseBody(text), date };
}

/** Proxies and the API server itself answer some errors in plain text. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
