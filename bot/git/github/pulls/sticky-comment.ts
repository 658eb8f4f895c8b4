import { numberWithin, within } from "../shape.ts";
import { type Calls, parsed } from "./calls.ts";
import { hasMarker, saysTheSame } from "./comment-text.ts";
import { ListQuestion } from "./question.ts";

interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

interface StickyParts {
  readonly marker: string;
  /** The login under which the bot writes. */
  readonly author: string;
}

export interface Wanted {
  readonly body: string;
  /** False: it is only changed where it is there. */
  readonly mayCreate: boolean;
  /** The comment as this bot left it, which a person may have written over. */
  readonly known: number | null;
}

const MOST_PAGES = 50;

/** The bot's one comment on a pull request, which is edited in its place. */
export class StickyComments {
  readonly #calls: Calls;
  readonly #parts: StickyParts;
  readonly #all: ListQuestion<Comment>;

  constructor(calls: Calls, parts: StickyParts) {
    this.#calls = calls;
    this.#parts = parts;
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
    this.#all = new ListQuestion(calls, route, parseComment, MOST_PAGES);
  }

  /** The id of the one that stays; null where there is none. Rejects with CallFailed, or with Over. */
  async find(pull: number, known: number | null): Promise<number | null> {
    return (await this.#ours(pull, known))[0]?.id ?? null;
  }

  /** The comment's id, and whether anything had to be written. Rejects with CallFailed, or with Over. */
  async show(
    pull: number,
    { body, mayCreate, known }: Wanted,
  ): Promise<{ readonly id: number | null; readonly isNew: boolean }> {
    const [first, ...others] = await this.#ours(pull, known);
    if (first === undefined) {
      if (!mayCreate) return { id: null, isNew: false };
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const made = parsed(parseComment, await this.#calls.write(route, { issue_number: pull, body }));
      return { id: made.id, isNew: true };
    }
    // Two replicas may both have thought that they lead.
    for (const { id } of others) {
      await this.#calls.write("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { comment_id: id });
    }
    if (saysTheSame(first.body, body)) return { id: first.id, isNew: others.length > 0 };
    const route = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
    parsed(parseComment, await this.#calls.write(route, { comment_id: first.id, body }));
    return { id: first.id, isNew: true };
  }

  /** The oldest first. What a person wrote, with the marker or not, is theirs. */
  async #ours(pull: number, known: number | null): Promise<readonly Comment[]> {
    const all = await this.#all.ask({ issue_number: pull });
    const { marker, author } = this.#parts;
    return all
      .filter((one) => one.author.toLowerCase() === author.toLowerCase())
      .filter((one) => one.id === known || hasMarker(one.body, marker))
      .toSorted((a, b) => a.id - b.id);
  }
}

function parseComment(data: unknown): Comment {
  // An account that is gone leaves its comments behind.
  const author = String(within(data, "user", "login") ?? "");
  return { id: numberWithin(data, "id"), author, body: String(within(data, "body") ?? "") };
}
