import { numberWithin, shaWithin, textWithin, within } from "../shape.ts";
import type { Calls } from "./calls.ts";
import { ListQuestion, Question } from "./question.ts";

/** A pull request as a list shows it. */
export interface Pull {
  readonly kind: "pull request";
  readonly number: number;
  readonly headSha: string;
  readonly baseRef: string;
  /** Another one whenever something happened to it. */
  readonly listed: string;
}

/** What GitHub makes of a pull request if it were merged now; `unknown` while it works that out. */
export type Merge =
  | { readonly kind: "clean"; readonly sha: string }
  | { readonly kind: "conflict" }
  | { readonly kind: "unknown" };

export interface PullNow extends Pull {
  readonly isOpen: boolean;
  readonly merge: Merge;
}

/** The 300 that changed last: more than that wait for nobody's answer at once. */
const MOST_PAGES = 3;

/** The open pull requests for one branch. */
export class OpenPulls {
  readonly #list: ListQuestion<Pull>;
  readonly #one: Question<PullNow>;
  readonly #base: string;

  constructor(calls: Calls, base: string) {
    this.#list = new ListQuestion(calls, "GET /repos/{owner}/{repo}/pulls", parsePull, MOST_PAGES);
    this.#one = new Question(calls, "GET /repos/{owner}/{repo}/pulls/{pull_number}", parsePullNow);
    this.#base = base;
  }

  /** The one that changed last comes first. Rejects with CallFailed, or with Over. */
  async all(): Promise<readonly Pull[]> {
    const order = { sort: "updated", direction: "desc" };
    const pulls = await this.#list.ask({ state: "open", base: this.#base, ...order });
    // The list may move on between two of its pages.
    return [...new Map(pulls.map((pull) => [pull.number, pull])).values()];
  }

  /** Rejects with CallFailed, or with Over. */
  now(number: number): Promise<PullNow> {
    return this.#one.ask({ pull_number: number });
  }
}

function parsePull(data: unknown): Pull {
  const headSha = shaWithin(data, "head", "sha");
  const baseRef = textWithin(data, "base", "ref");
  const listed = JSON.stringify([headSha, baseRef, shaWithin(data, "base", "sha"), textWithin(data, "updated_at")]);
  return { kind: "pull request", number: numberWithin(data, "number"), headSha, baseRef, listed };
}

function parsePullNow(data: unknown): PullNow {
  return { ...parsePull(data), isOpen: within(data, "state") === "open", merge: mergeOf(data) };
}

function mergeOf(data: unknown): Merge {
  const mergeable = within(data, "mergeable");
  if (mergeable === false) return { kind: "conflict" };
  // A server that tells no more than that it can be merged has nothing to read the merged file from.
  const isTold = mergeable === true && within(data, "merge_commit_sha") != null;
  return isTold ? { kind: "clean", sha: shaWithin(data, "merge_commit_sha") } : { kind: "unknown" };
}
