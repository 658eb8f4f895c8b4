const LAST_IN_A_SECOND = 9_999;

/**
 * Slack's message times, "1700000000.000100": the second, then a counter within it. They are ids as much as times,
 * so they stay unique and increasing when the clock stands still or goes backwards.
 */
export class Timestamps {
  readonly #now: () => number;
  #second = 0;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const second = Math.floor(this.#now() / 1_000);
    if (second > this.#second) {
      this.#second = second;
      this.#count = 0;
    }
    if (this.#count === LAST_IN_A_SECOND) {
      this.#second += 1;
      this.#count = 0;
    }
    this.#count += 1;
    return `${this.#second}.${String(this.#count * 100).padStart(6, "0")}`;
  }
}
