import type { Clock, Instant, Stoppable } from "../ports.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets everything that waits on promises alone come to rest. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that moves only when told. */
export class VirtualClock implements Clock {
  #monotonic = 0;
  #offset: number;
  readonly #timers = new Set<Timer>();

  constructor(start: Instant) {
    this.#offset = start;
  }

  now(): Instant {
    return this.#offset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delayMs: number, run: () => void): Stoppable {
    const timer = { at: this.#monotonic + delayMs, run };
    this.#timers.add(timer);
    return { stop: () => void this.#timers.delete(timer) };
  }

  /** The wall clock alone is set forward or back. */
  setWall(byMs: number): void {
    this.#offset += byMs;
  }

  /** Time passes for a process that can't run: its timers are late. */
  skip(ms: number): void {
    this.#monotonic += ms;
  }

  /** Runs each timer at its time, and lets what it began come to rest before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await quiet();
    for (let next = this.#dueBy(end); next !== undefined; next = this.#dueBy(end)) {
      this.#timers.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.run();
      await quiet();
    }
    this.#monotonic = Math.max(this.#monotonic, end);
  }

  #dueBy(end: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
  }
}
