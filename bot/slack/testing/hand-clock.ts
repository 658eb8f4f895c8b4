import type { Clock, Stoppable } from "../../coordinator/ports.ts";

const macrotask = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Time that moves when the test says so. */
export class HandClock implements Clock {
  #now = 1_800_000_000_000;
  readonly #start = this.#now;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(delay: number, run: () => void): Stoppable {
    const timer = { at: this.#now + delay, run };
    this.#timers.push(timer);
    return {
      stop: () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
      },
    };
  }

  /** Runs what is due, and lets what it began come to rest, step by step. */
  async advance(length: number): Promise<void> {
    const end = this.#now + length;
    await macrotask();
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = next.at;
      next.run();
      await macrotask();
    }
    this.#now = end;
  }
}
