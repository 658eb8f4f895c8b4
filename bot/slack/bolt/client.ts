import { ErrorCode, type FetchFunction, WebClient, type WebClientOptions } from "@slack/web-api";
import type { ChatAnswer } from "../../coordinator/ports.ts";
import { field } from "../field.ts";

/** For a 429 without Retry-After the library has no error of its own. */
class LimitedWithoutTime extends Error {}

const askSlack: FetchFunction = async (url, init) => {
  const response = await fetch(url, init);
  if (response.status === 429 && !/^\s*\d/.test(response.headers.get("retry-after") ?? "")) {
    await response.body?.cancel();
    throw new LimitedWithoutTime("a rate limit without a time");
  }
  return response;
};

/**
 * `options` must switch retries off, since whoever calls knows what is still wanted, and reject rate-limited calls, since the
 * client else pauses all of its calls.
 */
export const slackClient = (token: string, options: WebClientOptions): WebClient =>
  new WebClient(token, { fetch: askSlack, ...options });

/** What Slack's client throws, as the answer that it is. */
export function failure(error: unknown): ChatAnswer & { readonly ok: false } {
  const code = field(error, "code");
  if (code === ErrorCode.RateLimitedError) {
    const seconds = Number(field(error, "retryAfter"));
    return { ok: false, error: "ratelimited", ...(Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}) };
  }
  if (field(error, "original") instanceof LimitedWithoutTime) return { ok: false, error: "ratelimited" };
  if (code !== ErrorCode.PlatformError) return { ok: false, error: "unanswered" };
  const data = field(error, "data");
  const needed = field(data, "needed");
  return {
    ok: false,
    error: String(field(data, "error") ?? "unknown"),
    ...(typeof needed === "string" ? { needed } : {}),
  };
}
