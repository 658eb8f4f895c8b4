import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Log } from "../../../coordinator/ports.ts";
import { shaWithin } from "../shape.ts";
import { CallFailed } from "./call-failed.ts";
import type { Calls } from "./calls.ts";
import type { Demands } from "./demands.ts";
import { type Judging, judgeCommit } from "./judging.ts";
import { type MergeGroup, MergeGroups } from "./merge-groups.ts";
import type { PullsFooting } from "./pulls-footing.ts";
import { Question } from "./question.ts";
import type { Wish } from "./subject.ts";
import { untouched, type Verdict } from "./verdict.ts";

interface AskedParts {
  readonly calls: Calls;
  readonly place: { readonly branch: string; readonly path: string };
  readonly judging: Judging;
  /** The name that a queue waits for. */
  readonly check: string;
  readonly footing: PullsFooting;
  readonly log: Log;
}

/** So many times in a row are more than bad luck. */
const MANY = 3;
const LISTING = "merge groups";

/** The groups of the branch's merge queue, and what each wants to hear. */
export class AskedGroups {
  readonly #parts: AskedParts;
  readonly #groups: MergeGroups;
  readonly #tip: Question<string>;
  #known: readonly MergeGroup[] = [];
  #failures = 0;
  #lastTrouble: string | null = null;

  constructor(parts: AskedParts) {
    const { calls, place } = parts;
    this.#parts = parts;
    this.#groups = new MergeGroups(calls, place.branch);
    this.#tip = new Question(calls, "GET /repos/{owner}/{repo}/git/ref/{ref}", (data) =>
      shaWithin(data, "object", "sha"),
    );
  }

  /** None where no queue waits for this check. Rejects with CallFailed where nothing else can be asked now, or with Over. */
  async all({ required }: Demands): Promise<readonly MergeGroup[]> {
    if (!required.has(this.#parts.check)) return [];
    try {
      this.#known = await this.#groups.all();
      this.#failures = 0;
      this.#lastTrouble = null;
      this.#parts.footing.has(LISTING);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.isAboutAll) throw error;
      this.#failures += 1;
      const isSure = error.about !== "moment" || this.#failures >= MANY;
      if (isSure) this.#lack(error.message);
    }
    return this.#known;
  }

  /** Said once, until it is another or over. */
  #lack(why: string): void {
    const { footing, log } = this.#parts;
    if (why !== this.#lastTrouble) log.warn("merge groups not found", { why });
    this.#lastTrouble = why;
    footing.lacks(LISTING, why);
  }

  /** A group lives for minutes, and a machine waits for the answer: one is enough, however the cluster changes. */
  wishOf(group: MergeGroup): Wish {
    const judge = (turn: Turn): Promise<Verdict> => this.#judge(group, turn);
    return { kind: "question", what: group.headSha, lasts: null, judge };
  }

  async #judge({ headSha }: MergeGroup, turn: Turn): Promise<Verdict> {
    const { judging, place } = this.#parts;
    // Not beside the group before it: where that has failed, this one may be merged with it all the same.
    const tip = await this.#tip.ask({ ref: `heads/${place.branch}` });
    if (await judging.files.isSame(tip, headSha)) return untouched("This merge group", place.path);
    return judgeCommit(headSha, turn, judging);
  }
}
