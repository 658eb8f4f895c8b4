import { RequestError } from "octokit";
import { type Duration, MINUTE } from "../../../core/instant.ts";
import { capital } from "../../review/markdown.ts";
import { type Trouble, wordsOf } from "../trouble.ts";

/**
 * What a refusal is about: who the bot is, how often it asks, what it may do, a thing that is not there, the content of one
 * call, or just this moment.
 */
type About = "token" | "limit" | "permission" | "missing" | "refused" | "moment";

/** However a call failed, in a sentence for people. */
export class CallFailed extends Error {
  readonly about: About;
  /** How long GitHub wants to be left alone; null where it does not say. */
  readonly pause: Duration | null;

  constructor(about: About, says: string, pause: Duration | null = null) {
    super(says);
    this.about = about;
    this.pause = pause;
  }

  /** The next call would fail as well. */
  get isAboutAll(): boolean {
    return this.about === "token" || this.about === "limit";
  }
}

interface Asked {
  /** As octokit names it. */
  readonly route: string;
  readonly isApp: boolean;
}

const LONGEST_PAUSE: Duration = 10 * MINUTE;

/** `asked` is the call that failed, where it was one. */
export function failureOf(error: unknown, asked: Asked | null = null): CallFailed {
  const headers = error instanceof RequestError ? (error.response?.headers ?? {}) : {};
  // GitHub names what the one call takes, which may be to read: whoever gave that would be asked for more next.
  const isNamed = headers["x-accepted-github-permissions"] !== undefined;
  const trouble = wordsOf(error, isNamed && asked !== null ? { forbidden: adviceOn(asked) } : {});
  const about = aboutOf(error, trouble);
  const isUnsaid = about === "permission" && !isNamed && headers["x-github-sso"] === undefined;
  const advice = isUnsaid && asked !== null ? ` ${sentence(adviceOn(asked))}` : "";
  const says = sentence(trouble.says);
  const pause = trouble.wait === null ? null : Math.min(trouble.wait, LONGEST_PAUSE);
  return new CallFailed(about, `${says}${advice}`, pause);
}

function aboutOf(error: unknown, { kind }: Trouble): About {
  switch (kind) {
    case "auth":
      return "token";
    case "limited":
      return "limit";
    case "forbidden":
      return "permission";
    case "missing":
      return "missing";
    case "unreachable":
      return "moment";
    case "odd":
      return error instanceof RequestError && error.status === 422 ? "refused" : "moment";
    default:
      return kind satisfies never;
  }
}

const sentence = (says: string): string => `${capital(says)}.`;

/** As the end of a sentence. */
function adviceOn({ route, isApp }: Asked): string {
  const then = isApp ? ", and accept it for the installation" : "";
  return `give the ${isApp ? "App" : "token"} the permission ${permissionFor(route)}${then}`;
}

/** All that the bot needs there, as docs/pull-requests.md has it. */
function permissionFor(route: string): string {
  if (route.includes("/check-")) return "checks: write";
  if (route.includes("/status")) return "statuses: write";
  return route.includes("/pulls") || route.includes("/issues/") ? "pull_requests: write" : "contents: read";
}
