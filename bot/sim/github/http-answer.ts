import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { SECOND } from "../../core/instant.ts";
import type { Caller } from "./access.ts";
import { ok, type Reply, refuse } from "./call.ts";
import { bytesOf, isUnchanged, validatorsOf } from "./conditional.ts";
import { type Asked, carryOut, type Desk, identify, payerOf } from "./desk.ts";
import type { Fault } from "./fault.ts";
import { headerTime } from "./http-time.ts";
import type { Budget } from "./rate-limits.ts";
import type { Match } from "./routes.ts";

/** A whole answer, ready to be sent. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const SECONDARY =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID 0000:0000:0000.";
const NO_AGENT =
  "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).";

/** All that GitHub does with a request: who asks, may they, how often, what, and is it new to them. */
export function answerAsked(desk: Desk, asked: Asked, match: Match | null): HttpAnswer {
  if (asked.headers["user-agent"] === undefined) return { status: 403, headers: {}, bytes: Buffer.from(NO_AGENT) };
  const identity = identify(desk.github, asked.headers.authorization);
  if (!identity.ok) return finished(identity.reply, asked.headers, {});
  const { caller } = identity;
  if (match === null) return finished(refuse(404, "Not Found"), asked.headers, {});
  const payer = payerOf(caller);
  const budget = desk.limits?.budget(payer) ?? null;
  if (match.route.name === "GET /rate_limit")
    return finished(ok(showBudget(budget)), asked.headers, limitHeaders(budget));
  if (budget !== null && budget.used >= budget.limit) return usedUp(desk.limits?.code ?? 403, payer, budget);
  const wait = desk.limits?.hurry(payer, asked.method) ?? null;
  if (wait !== null) return tooFast(desk.limits?.code ?? 403, wait, budget);
  const reply = carryOut(desk, asked, caller, match);
  return charged(desk, asked, caller, reply);
}

/** An unchanged answer is free, for those who say who they are. */
function charged(desk: Desk, { method, headers }: Asked, caller: Caller, reply: Reply): HttpAnswer {
  const payer = payerOf(caller);
  const bytes = bytesOf(reply);
  const validators = method === "GET" && reply.status === 200 ? validatorsOf(reply, bytes, headers) : null;
  const isSame = validators !== null && isUnchanged(reply, validators.etag, headers);
  if (!isSame || caller.kind === "anonymous") desk.limits?.use(payer);
  const all = { ...limitHeaders(desk.limits?.budget(payer) ?? null), ...validators };
  return isSame ? { status: 304, headers: all, bytes: Buffer.alloc(0) } : finished(reply, headers, all);
}

function finished(reply: Reply, asked: IncomingHttpHeaders, more: Readonly<Record<string, string>>): HttpAnswer {
  const bytes = bytesOf(reply);
  const isJson = !Buffer.isBuffer(reply.body) && typeof reply.body !== "string";
  const raw = asked.accept?.includes("raw") === true ? "application/vnd.github.raw+json" : "application/vnd.github.sha";
  const type = reply.body === null ? {} : { "content-type": `${isJson ? "application/json" : raw}; charset=utf-8` };
  const vary = { "cache-control": "private, max-age=60, s-maxage=60", vary: "Accept, Authorization, Cookie" };
  return { status: reply.status, headers: { ...type, ...vary, ...reply.headers, ...more }, bytes };
}

function usedUp(code: 403 | 429, payer: string, budget: Budget): HttpAnswer {
  const whom = payer === "anonymous" ? "127.0.0.1" : payer;
  return finished(
    refuse(code, `API rate limit exceeded for ${whom}.`),
    {},
    limitHeaders({ ...budget, used: budget.limit }),
  );
}

function tooFast(code: 403 | 429, seconds: number | undefined, budget: Budget | null): HttpAnswer {
  const wait = seconds === undefined ? {} : { "retry-after": `${seconds}` };
  return finished(refuse(code, SECONDARY), {}, { ...limitHeaders(budget), ...wait });
}

function limitHeaders(budget: Budget | null): Readonly<Record<string, string>> {
  if (budget === null) return {};
  const { limit, remaining, reset, used } = numbersOf(budget);
  return {
    "x-ratelimit-limit": `${limit}`,
    "x-ratelimit-remaining": `${remaining}`,
    "x-ratelimit-reset": `${reset}`,
    "x-ratelimit-used": `${used}`,
    "x-ratelimit-resource": "core",
  };
}

function showBudget(budget: Budget | null): object {
  const core = numbersOf(budget ?? { limit: 5_000, used: 0, reset: 0 });
  return { resources: { core }, rate: core };
}

function numbersOf({ limit, used, reset }: Budget) {
  return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(reset / SECOND) };
}

/** The answer of a fault that answers; null for one that does not, or later. */
export function faultAnswer(desk: Desk, fault: Fault): HttpAnswer | null {
  switch (fault.kind) {
    case "status":
      return finished(refuse(fault.code, fault.message ?? "Server Error"), {}, {});
    case "html":
      return {
        status: fault.code,
        headers: { "content-type": "text/html; charset=utf-8" },
        bytes: Buffer.from("<!DOCTYPE html><html><body><h1>Unicorn!</h1></body></html>"),
      };
    case "primary limit": {
      const budget = { limit: 5_000, used: 5_000, reset: desk.github.now() + fault.resetIn };
      return usedUp(fault.code, "user ID 1", budget);
    }
    case "secondary limit":
      return tooFast(fault.code, fault.retryAfterSeconds, null);
    case "cut":
    case "slow":
      return null;
    default:
      return fault satisfies never;
  }
}

/** GitHub's own time goes into Date, by which clients find out that their clock is wrong. */
export function send(response: ServerResponse, answer: HttpAnswer, now: number): void {
  response.sendDate = false;
  const common = { date: headerTime(now), server: "github.com", "x-github-media-type": "github.v3; format=json" };
  response.writeHead(answer.status, { ...common, ...answer.headers, "content-length": `${answer.bytes.length}` });
  response.end(answer.bytes);
}
