import type { Clock, PolicyNews, Stoppable } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";

/** A reading that says the same as the one before has the same key. */
export interface Reading {
  readonly key: string;
  readonly news: () => PolicyNews;
}

/** Reads now and then every so often, one reading at a time, and tells only what changed. */
export class Poll implements Stoppable {
  readonly #clock: Clock;
  readonly #every: Duration;
  readonly #read: (signal: AbortSignal) => Promise<Reading>;
  readonly #heard: (news: PolicyNews) => void;
  readonly #stopped = new AbortController();
  #timer: Stoppable | null = null;
  #last: string | null = null;

  constructor(parts: {
    clock: Clock;
    every: Duration;
    read: (signal: AbortSignal) => Promise<Reading>;
    heard: (news: PolicyNews) => void;
  }) {
    this.#clock = parts.clock;
    this.#every = parts.every;
    this.#read = parts.read;
    this.#heard = parts.heard;
    void this.#round();
  }

  stop(): void {
    this.#stopped.abort();
    this.#timer?.stop();
  }

  async #round(): Promise<void> {
    const { key, news } = await this.#read(this.#stopped.signal);
    if (this.#stopped.signal.aborted) return;
    if (key !== this.#last) {
      this.#last = key;
      this.#heard(news());
    }
    this.#timer = this.#clock.after(this.#every, () => void this.#round());
  }
}
