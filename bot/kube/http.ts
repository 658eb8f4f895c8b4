import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Answer } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import type { HttpRequest } from "./request.ts";

const MOST_BODY = 64_000_000;

/** One HTTPS request with the credentials of the kubeconfig; gives up at the deadline, its body included. */
export async function send(config: KubeConfig, call: HttpRequest, deadline: Duration): Promise<Answer> {
  try {
    return await exchange(config, call, AbortSignal.timeout(Math.max(1, Math.floor(deadline))));
  } catch (error) {
    return { kind: "unanswered", why: reasonOf(error, deadline) };
  }
}

async function exchange(config: KubeConfig, call: HttpRequest, signal: AbortSignal): Promise<Answer> {
  const url = new URL(`${config.getCurrentCluster()?.server ?? ""}${call.path}`);
  for (const [key, value] of Object.entries(call.query)) url.searchParams.set(key, value);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers = {
    ...options.headers,
    accept: call.isText === true ? "*/*" : "application/json",
    "user-agent": "bootswain",
    ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, method: call.method, headers, signal }, (response) => {
      readAll(response).then((text) => resolve(answerOf(response, text, call.isText === true)), reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const part of response) {
    text += String(part);
    if (text.length > MOST_BODY) throw new Error("the answer's body is too large");
  }
  return text;
}

function answerOf(response: IncomingMessage, text: string, isText: boolean): Answer {
  const date = Date.parse(response.headers.date ?? "");
  if (Number.isNaN(date)) return { kind: "unanswered", why: "the answer has no Date header" };
  const seconds = Number(response.headers["retry-after"]);
  const retryAfter = Number.isFinite(seconds) && seconds >= 0 ? { retryAfter: seconds * 1_000 } : {};
  const code = response.statusCode ?? 0;
  return { kind: "answered", code, body: isText && code < 300 ? text : parsed(text), date, ...retryAfter };
}

/** Proxies, and the server itself while it starts, answer in plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { kind: "Status", message: text.slice(0, 300) };
  }
}

function reasonOf(error: unknown, deadline: Duration): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError")
    return `no answer within ${Math.round(deadline / 1_000)} s`;
  return error.message === "" ? error.name : error.message;
}
