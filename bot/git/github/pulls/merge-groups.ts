import { listWithin, shaWithin, textWithin } from "../shape.ts";
import { CallFailed } from "./call-failed.ts";
import type { Calls } from "./calls.ts";
import { Question } from "./question.ts";

/** What a branch would be with one more pull request of its merge queue, on top of those before it. */
export interface MergeGroup {
  readonly kind: "merge group";
  /** The last part of its own branch's name, as pr-7-SHA. */
  readonly branch: string;
  readonly headSha: string;
  /** Another one whenever something happened to it. */
  readonly listed: string;
}

interface Ref {
  readonly name: string;
  readonly sha: string;
}

/** Of a branch "release" and its queue, the groups of a branch "release/2" would look like more of them. */
const GROUP = /^pr-\d+-[0-9a-f]{40,64}$/;

/**
 * The groups that one branch's merge queue waits for checks on. Each has a branch of its own while it lasts
 * (https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue).
 * Whether there is a queue at all GitHub says only of rulesets, so the branches are looked for.
 */
export class MergeGroups {
  readonly #ask: Question<readonly Ref[]>;
  readonly #queue: string;

  constructor(calls: Calls, base: string) {
    const route = "GET /repos/{owner}/{repo}/git/matching-refs/{ref}";
    this.#ask = new Question(calls, route, (data) => listWithin(data).map(parseRef));
    this.#queue = `heads/gh-readonly-queue/${base}`;
  }

  /** Rejects with CallFailed, or with Over. */
  async all(): Promise<readonly MergeGroup[]> {
    // GitHub builds a hundred at most, and gives them in one page, whether it heeds that it is asked for pages or not.
    const refs = await this.#ask.ask({ ref: this.#queue, per_page: 100 }).catch(noneIfMissing);
    return refs.flatMap(({ name, sha }) => {
      const branch = name.slice(`refs/${this.#queue}/`.length);
      const isGroup = name.startsWith(`refs/${this.#queue}/`) && GROUP.test(branch);
      return isGroup ? [{ kind: "merge group", branch, headSha: sha, listed: sha }] : [];
    });
  }
}

/** An Enterprise server of old says so where no ref matches. */
function noneIfMissing(error: unknown): readonly Ref[] {
  if (error instanceof CallFailed && error.about === "missing") return [];
  throw error;
}

const parseRef = (data: unknown): Ref => ({ name: textWithin(data, "ref"), sha: shaWithin(data, "object", "sha") });
