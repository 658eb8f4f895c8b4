import { RequestError } from "octokit";
import { type Duration, MINUTE } from "../../../core/instant.ts";
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
  const trouble = wordsOf(error);
  const about = aboutOf(error, trouble);
  const says = `${trouble.says.slice(0, 1).toUpperCase()}${trouble.says.slice(1)}.`;
  const advice = about === "permission" && asked !== null ? ` ${adviceOn(asked)}` : "";
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

/** GitHub does not name the permission in each case. */
function adviceOn({ route, isApp }: Asked): string {
  const then = isApp ? ", and accept it for the installation" : "";
  return `Give the ${isApp ? "App" : "token"} the permission ${permissionFor(route)}${then}.`;
}

function permissionFor(route: string): string {
  const level = route.startsWith("GET ") ? "read" : "write";
  if (route.includes("/check-")) return `checks: ${level}`;
  if (route.includes("/status")) return `statuses: ${level}`;
  if (route.includes("/pulls") || route.includes("/issues/")) return `pull_requests: ${level}`;
  return `contents: ${level}`;
}
