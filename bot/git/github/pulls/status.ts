import { clipped } from "../../review/markdown.ts";
import { textWithin, within } from "../shape.ts";
import { type Calls, parsed } from "./calls.ts";
import { ListQuestion } from "./question.ts";
import type { Verdict } from "./verdict.ts";

interface Status {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

const MOST_CHARACTERS = 140;
/** GitHub takes 1,000 of a context for a commit. */
const MOST_PAGES = 10;

/** The verdict as a commit status: all that a plain token can show beside a comment. */
export class Statuses {
  readonly #calls: Calls;
  readonly #context: string;
  readonly #all: ListQuestion<Status>;

  constructor(calls: Calls, context: string) {
    this.#calls = calls;
    this.#context = context;
    this.#all = new ListQuestion(calls, "GET /repos/{owner}/{repo}/commits/{ref}/statuses", parseStatus, MOST_PAGES);
  }

  /** Whether anything had to be written. Rejects with CallFailed, or with Over. */
  async show(headSha: string, { isGood, title }: Verdict): Promise<boolean> {
    const state = isGood ? "success" : "failure";
    const description = clipped(title, MOST_CHARACTERS);
    const all = await this.#all.ask({ ref: headSha });
    // The newest of a context counts, and comes first.
    const newest = all.find(({ context }) => context === this.#context);
    if (newest?.state === state && newest.description === description) return false;
    const status = { sha: headSha, context: this.#context, state, description };
    parsed(parseStatus, await this.#calls.write("POST /repos/{owner}/{repo}/statuses/{sha}", status));
    return true;
  }
}

function parseStatus(data: unknown): Status {
  const description = String(within(data, "description") ?? "");
  return { context: textWithin(data, "context"), state: textWithin(data, "state"), description };
}
