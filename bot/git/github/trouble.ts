import { RequestError } from "octokit";
import { type Duration, formatInstant, type Instant, MINUTE, parseInstant, SECOND } from "../../core/instant.ts";
import { GitFailed } from "../git.ts";

/**
 * `unreachable` got no answer, or one that says that GitHub itself fails; `auth` is about who the bot is, `forbidden` about
 * what it may do, `limited` about how often it asked, `missing` about what is not there or not shown to it; `odd` is all else.
 */
type TroubleKind = "unreachable" | "auth" | "forbidden" | "limited" | "missing" | "odd";

export interface Trouble {
  /** What went wrong, where, and what to do, as the end of a sentence without its full stop. Holds no secret. */
  readonly says: string;
  readonly kind: TroubleKind;
  /** For how long GitHub asks not to be asked again, reckoned by its own clock; null where it does not say. */
  readonly wait: Duration | null;
}

/** Trouble that is known by its words already; octokit hands on what the connection threw as the cause of its own error. */
export class GitHubFailed extends Error {
  readonly kind: TroubleKind;
  readonly wait: Duration | null;

  constructor({ says, kind, wait }: Omit<Trouble, "wait"> & { readonly wait?: Duration | null }, cause?: unknown) {
    super(says, { cause });
    this.name = "GitHubFailed";
    this.kind = kind;
    this.wait = wait ?? null;
  }
}

type Advice = Readonly<Partial<Record<TroubleKind, string>>>;

/** Whatever a call by octokit was rejected with, in words for people; who knows better what to do says it for a kind. */
export function wordsOf(error: unknown, advice: Advice = {}): Trouble {
  const known = [error, error instanceof Error ? error.cause : null].find((one) => one instanceof GitHubFailed);
  if (known !== undefined) return { says: known.message, kind: known.kind, wait: known.wait };
  if (error instanceof GitFailed) return { says: error.message, kind: "auth", wait: null };
  if (error instanceof RequestError && error.response !== undefined)
    return refusalOf(error, error.response.headers, advice);
  return { says: `GitHub could not be asked: ${fitToShow(messageOf(error))}`, kind: "odd", wait: null };
}

type Headers = Readonly<Record<string, string | number | undefined>>;

function refusalOf(error: RequestError, headers: Headers, advice: Advice): Trouble {
  const limit = limitOf(error, headers);
  if (limit !== null) return { ...limit, kind: "limited" };
  const { status } = error;
  const host = new URL(error.request.url).host;
  const kind = kindOf(status);
  const wait = kind === "unreachable" ? secondsOf(headers["retry-after"]) : null;
  const todo = advice[kind] ?? adviceOn(kind, error, headers);
  return {
    says: `${host} ${DOES[kind]} (${status}${saidIn(error, headers)})${todo === null ? "" : `; ${todo}`}`,
    kind,
    wait,
  };
}

type RefusalKind = Exclude<TroubleKind, "limited">;

const DOES: Readonly<Record<RefusalKind, string>> = {
  unreachable: "fails",
  auth: "does not know who this bot is",
  forbidden: "refuses this to the bot",
  missing: "has nothing there that this bot may see",
  odd: "answers with what was not expected",
};

function kindOf(status: number): RefusalKind {
  if (status === 401) return "auth";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410 || status === 451) return "missing";
  return status >= 500 ? "unreachable" : "odd";
}

function adviceOn(kind: RefusalKind, error: RequestError, headers: Headers): string | null {
  if (kind === "auth") return checkIdentity(error);
  if (kind !== "forbidden") return null;
  if (headers["x-github-sso"] !== undefined) return "authorize the token for the organization's single sign-on";
  const needed = headers["x-accepted-github-permissions"];
  return needed === undefined ? checkIdentity(error) : `it takes the permission ${fitToShow(String(needed))}`;
}

/** The scheme is what is left of the header: tokens of an installation are sent as `token`, those of a file as `bearer`. */
function whoAsked({ request }: RequestError): "app" | "token" | "nobody" {
  const header = request.headers.authorization;
  if (header === undefined) return "nobody";
  return header.startsWith("token ") ? "app" : "token";
}

function checkIdentity(error: RequestError): string {
  switch (whoAsked(error)) {
    case "app":
      return "look whether the App is still installed, and not suspended";
    case "token":
      return "check --policy-token-file: the token may be wrong, revoked or expired";
    case "nobody":
      return "give --policy-token-file, or an App by --github-app-id and --github-app-key-file";
  }
}

/**
 * Answered with 403 or 429. What to wait for is in one of two headers, else a minute:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
function limitOf(error: RequestError, headers: Headers): { readonly says: string; readonly wait: Duration } | null {
  const { status } = error;
  if (status !== 403 && status !== 429) return null;
  const host = new URL(error.request.url).host;
  const after = secondsOf(headers["retry-after"]);
  const reset = secondsOf(headers["x-ratelimit-reset"]);
  if (after === null && reset !== null && String(headers["x-ratelimit-remaining"]) === "0")
    return usedUp(error, { host, reset, now: parseInstant(headers["date"]) });
  if (after === null && status !== 429 && !/secondary rate limit|abuse detection/i.test(error.message)) return null;
  return { says: `${host} asks for a pause, since it was asked too often (${status})`, wait: after ?? MINUTE };
}

function usedUp(
  error: RequestError,
  { host, reset, now }: { readonly host: string; readonly reset: Instant; readonly now: Instant | null },
): { readonly says: string; readonly wait: Duration } {
  const until = formatInstant(reset).replace(".000", "");
  const advice =
    whoAsked(error) === "nobody"
      ? "who says who they are may ask more often: give --policy-token-file or an App"
      : "look what else asks in the same name";
  const says = `${host}'s limit of requests is used up until ${until} (${error.status}); ${advice}`;
  return { says, wait: now === null ? MINUTE : Math.max(SECOND, reset - now) };
}

/** No calendar goes on longer. */
const MOST_SECONDS = 8.64e12;

/** As milliseconds; null for what is no number. */
function secondsOf(value: string | number | undefined): Duration | null {
  const seconds = value === undefined || value === "" ? Number.NaN : Number(value);
  return seconds >= 0 && seconds <= MOST_SECONDS ? seconds * SECOND : null;
}

/** What GitHub itself said, where it is GitHub that answers. */
function saidIn({ message }: RequestError, headers: Headers): string {
  const type = String(headers["content-type"] ?? "").split(";")[0];
  if (message === "" || type === undefined) return "";
  if (!type.includes("json")) return type === "" ? "" : `, with ${fitToShow(type)} in place of JSON`;
  return `: ${fitToShow(message.replace(/ - https:\/\/\S+$/, ""))}`;
}

const LONGEST = 200;
/** As GitHub makes tokens, and as every signed token of an App looks. */
const SECRETS = /\b(gh[a-z]_|github_pat_)\w{6,}|\beyJ[\w-]{6,}\.[\w-]+\.[\w-]*/g;

/** What comes from a server becomes a part of a sentence. Cut last: half a token would not be known for one. */
export function fitToShow(text: string): string {
  const line = text
    .replace(SECRETS, "***")
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim()
    .replace(/[.\s]+$/, "");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));
