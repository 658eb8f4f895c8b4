import type { ServerResponse } from "node:http";
import type { Fault } from "./fault.ts";
import type { ApiAnswer } from "./web-api.ts";
import type { SlackAnswer } from "./workspace.ts";

type Headers = Readonly<Record<string, string>>;

export function answer(response: ServerResponse, code: number, body: string, headers: Headers = {}): void {
  response.writeHead(code, headers).end(body);
}

/** Gives the error for the record: null for ok, "429" for a call too many. */
export function answerApi(response: ServerResponse, found: ApiAnswer): string | null {
  if (found.kind === "rate-limited") return answerTooMany(response, found.retryAfterSeconds);
  const granted: Headers = found.granted === null ? {} : { "x-oauth-scopes": found.granted.join(",") };
  const accepted: Headers = found.accepted.length === 0 ? {} : { "x-accepted-oauth-scopes": found.accepted.join(",") };
  return answerJson(response, found.answer, { ...granted, ...accepted });
}

function answerJson(response: ServerResponse, found: SlackAnswer, headers: Headers = {}): string | null {
  answer(response, 200, JSON.stringify(found), { "content-type": "application/json; charset=utf-8", ...headers });
  return found.ok ? null : found.error;
}

function answerTooMany(response: ServerResponse, seconds: number | undefined): string {
  const headers: Headers = seconds === undefined ? {} : { "retry-after": `${seconds}` };
  answer(response, 429, '{"ok":false,"error":"ratelimited"}', headers);
  return "429";
}

/** `run` does the work of a call whose answer gets lost. */
export function fail(fault: Fault, response: ServerResponse, run: () => unknown): string | null {
  switch (fault.kind) {
    case "error":
      return answerJson(response, { ok: false, error: fault.error });
    case "rate-limited":
      return answerTooMany(response, fault.retryAfterSeconds);
    case "status":
      answer(response, fault.code, "upstream trouble");
      return `${fault.code}`;
    case "cut":
      if (fault.arrived) run();
      response.destroy();
      return "cut";
    default:
      return fault satisfies never;
  }
}
