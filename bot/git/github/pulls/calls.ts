import type { Clock, Stoppable } from "../../../coordinator/ports.ts";
import { type Duration, SECOND } from "../../../core/instant.ts";
import type { GitHubConnection } from "../connection.ts";
import { CallFailed, failureOf } from "./call-failed.ts";

interface CallsParts {
  readonly connection: Pick<GitHubConnection, "octokit" | "owner" | "repo" | "identity">;
  readonly clock: Clock;
}

type Parameters = Readonly<Record<string, unknown>>;

interface Answer {
  readonly data: unknown;
  readonly etag: string | null;
}

/** The bot leads no longer: whatever was to be done is left to the next one. */
export class Over extends Error {}

const PATIENCE: Duration = 30 * SECOND;
/** GitHub asks for a second at least between two calls that write. */
const BETWEEN_WRITES: Duration = SECOND;

/** Calls about one repository, for as long as this bot leads; whoever makes them makes one after the other. */
export class Calls implements Stoppable {
  readonly #parts: CallsParts;
  #isOver = false;
  #wait: Stoppable | null = null;
  #goOn: () => void = () => {};
  #writable: Duration = Number.NEGATIVE_INFINITY;

  constructor(parts: CallsParts) {
    this.#parts = parts;
  }

  /** What is under way comes to its end; nothing more begins. */
  stop(): void {
    this.#isOver = true;
    this.#wait?.stop();
    this.#goOn();
  }

  /** With a tag null where the answer is still what the tag stands for. Rejects with CallFailed, or with Over. */
  async read(route: string, parameters: Parameters, etag: string | null): Promise<Answer | null> {
    const headers = etag === null ? {} : { headers: { "if-none-match": etag } };
    return this.#ask(route, { ...parameters, ...headers });
  }

  /** The answer's data. Rejects with CallFailed, or with Over. */
  async write(route: string, parameters: Parameters): Promise<unknown> {
    await this.#untilWritable();
    try {
      return (await this.#ask(route, parameters))?.data;
    } finally {
      this.#writable = this.#parts.clock.monotonic() + BETWEEN_WRITES;
    }
  }

  async #ask(route: string, parameters: Parameters): Promise<Answer | null> {
    if (this.#isOver) throw new Over();
    const { clock, connection } = this.#parts;
    const { octokit, owner, repo, identity } = connection;
    const patience = new AbortController();
    const alarm = clock.after(PATIENCE, () => patience.abort());
    const request = { signal: patience.signal };
    try {
      const { data, headers } = await octokit.request(route, { owner, repo, ...parameters, request });
      return { data, etag: headers.etag ?? null };
    } catch (error) {
      if (isUnchanged(error)) return null;
      if (patience.signal.aborted)
        throw new CallFailed("moment", `GitHub did not answer within ${PATIENCE / SECOND} s.`);
      throw failureOf(error, { route, isApp: identity === "app" });
    } finally {
      alarm.stop();
    }
  }

  async #untilWritable(): Promise<void> {
    const { clock } = this.#parts;
    const left = this.#writable - clock.monotonic();
    if (left <= 0 || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
      this.#wait = clock.after(left, resolve);
    });
  }
}

/** Octokit throws an answer that is not new as an error. */
const isUnchanged = (error: unknown): boolean => error instanceof Error && "status" in error && error.status === 304;

/** What the parse function makes of an answer; what it can't read is no answer of GitHub's. */
export function parsed<T>(parse: (data: unknown) => T, data: unknown): T {
  try {
    return parse(data);
  } catch (error) {
    throw failureOf(error);
  }
}
