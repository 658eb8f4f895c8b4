import { listWithin } from "../shape.ts";
import { type Calls, parsed } from "./calls.ts";

type Parameters = Readonly<Record<string, unknown>>;

interface Kept<T> {
  readonly etag: string;
  readonly value: T;
}

const PAGE = 100;
const MOST_KEPT = 1_000;

/**
 * Something that is asked again and again: what did not change since is answered from memory, and GitHub does not count the
 * call. Octokit throws such an answer (304) as an error.
 */
export class Question<T> {
  readonly #calls: Calls;
  readonly #route: string;
  readonly #parse: (data: unknown) => T;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(calls: Calls, route: string, parse: (data: unknown) => T) {
    this.#calls = calls;
    this.#route = route;
    this.#parse = parse;
  }

  /** Rejects with CallFailed, or with Over. */
  async ask(parameters: Parameters): Promise<T> {
    const key = JSON.stringify(parameters);
    const kept = this.#kept.get(key);
    const answer = await this.#calls.read(this.#route, parameters, kept?.etag ?? null);
    if (answer === null && kept !== undefined) return kept.value;
    const value = parsed(this.#parse, answer?.data);
    this.#kept.delete(key);
    const oldest = this.#kept.size < MOST_KEPT ? undefined : this.#kept.keys().next().value;
    if (oldest !== undefined) this.#kept.delete(oldest);
    const etag = answer?.etag ?? null;
    if (etag !== null) this.#kept.set(key, { etag, value });
    return value;
  }
}

/** A question whose answer is a list over several pages. */
export class ListQuestion<T> {
  readonly #pages: Question<readonly T[]>;
  readonly #mostPages: number;

  constructor(calls: Calls, route: string, parse: (one: unknown) => T, mostPages: number) {
    this.#pages = new Question(calls, route, (data) => listWithin(data).map(parse));
    this.#mostPages = mostPages;
  }

  /** At most as many pages of 100 as were allowed. Rejects with CallFailed, or with Over. */
  async ask(parameters: Parameters): Promise<readonly T[]> {
    const all: T[] = [];
    for (let page = 1; page <= this.#mostPages; page += 1) {
      const some = await this.#pages.ask({ ...parameters, per_page: PAGE, page });
      all.push(...some);
      if (some.length < PAGE) break;
    }
    return all;
  }
}
