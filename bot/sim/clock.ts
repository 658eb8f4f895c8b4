import { setImmediate } from "node:timers";
import type { Stoppable } from "../coordinator/ports.ts";
import type { Duration, Instant } from "../core/instant.ts";

interface Timer {
  readonly at: Instant;
  readonly sequence: number;
  readonly run: () => void;
  isStopped: boolean;
}

/** The promise of node:timers/promises is dearer, and there is one for each event. */
const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Virtual time: one queue of events for everything that happens in a simulated world. It moves only when a full macrotask
 * turn found nothing more to do, so the order of events depends on the seed alone.
 */
export class WorldClock {
  readonly #queue: Timer[] = [];
  #now: Instant;
  #sequence = 0;

  constructor(start: Instant) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  after(delay: Duration, run: () => void): Stoppable {
    const timer: Timer = {
      at: this.#now + Math.max(0, Math.round(delay)),
      sequence: this.#sequence,
      run,
      isStopped: false,
    };
    this.#sequence += 1;
    this.#insert(timer);
    return {
      stop: () => {
        timer.isStopped = true;
      },
    };
  }

  /** When the next event is due; null when nothing is left to happen. */
  next(): Instant | null {
    this.#dropStopped();
    return this.#queue[0]?.at ?? null;
  }

  /** Runs the next event and lets what it began come to rest. False when nothing is left. */
  async step(): Promise<boolean> {
    if (!this.#runNext()) return false;
    await macrotask();
    return true;
  }

  /** Runs all events until `isDone`, at most up to `until`. True if it was done. */
  async runUntil(isDone: () => boolean, until: Instant): Promise<boolean> {
    while (!isDone()) {
      const next = this.next();
      if (next === null || next > until) {
        this.#now = Math.max(this.#now, until);
        return false;
      }
      this.#runNext();
      await macrotask();
    }
    return true;
  }

  #runNext(): boolean {
    this.#dropStopped();
    const timer = this.#take();
    if (timer === undefined) return false;
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
    return true;
  }

  #dropStopped(): void {
    while (this.#queue[0]?.isStopped === true) this.#take();
  }

  /** A binary heap, ordered by time and then by who asked first. */
  #insert(timer: Timer): void {
    let index = this.#queue.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #take(): Timer | undefined {
    const first = this.#queue[0];
    const last = this.#queue.pop();
    if (first === undefined || last === undefined || this.#queue.length === 0) return first;
    this.#queue[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = left + 1 < this.#queue.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (smaller >= this.#queue.length || !this.#isBefore(smaller, index)) return first;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#queue[one];
    const b = this.#queue[other];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
  }

  #swap(one: number, other: number): void {
    const a = this.#queue[one];
    const b = this.#queue[other];
    if (a === undefined || b === undefined) return;
    this.#queue[one] = b;
    this.#queue[other] = a;
  }
}
