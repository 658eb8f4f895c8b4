import { textWithin, within } from "../shape.ts";
import type { Calls } from "./calls.ts";
import type { Pull } from "./open-pulls.ts";
import { ListQuestion } from "./question.ts";

/** GitHub lists 3,000 files of a pull request at most. */
const MOST_PAGES = 30;

/** Whether pull requests change the policy's file. */
export class Touches {
  readonly #files: ListQuestion<boolean>;

  constructor(calls: Calls, path: string) {
    const parse = (data: unknown): boolean =>
      // Renamed away it would be gone.
      textWithin(data, "filename") === path || within(data, "previous_filename") === path;
    this.#files = new ListQuestion(calls, "GET /repos/{owner}/{repo}/pulls/{pull_number}/files", parse, MOST_PAGES);
  }

  /** Rejects with CallFailed, or with Over. */
  async by({ number }: Pull): Promise<boolean> {
    return (await this.#files.ask({ pull_number: number })).includes(true);
  }
}
