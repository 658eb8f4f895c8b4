import type { Clock } from "../coordinator/ports.ts";
import { type Duration, MINUTE, SECOND } from "../core/instant.ts";

const FIRST: Duration = 2 * SECOND;
const MOST: Duration = 5 * MINUTE;

interface Rest {
  readonly until: Duration;
  readonly failures: number;
}

/** What was refused rests, longer each time: a card, a channel, a method. */
export class Rests {
  readonly #clock: Clock;
  readonly #resting = new Map<string, Rest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long all of them still rest; 0 or less when none does. */
  left(...whats: readonly string[]): Duration {
    return Math.max(...whats.map((what) => this.#resting.get(what)?.until ?? 0)) - this.#clock.monotonic();
  }

  /** For `length`, or for longer each time. Whether this is the first time since it last went well. */
  begin(what: string, length?: Duration): boolean {
    const failures = (this.#resting.get(what)?.failures ?? 0) + 1;
    const pause = length ?? Math.min(FIRST * 2 ** Math.min(failures - 1, 16), MOST);
    this.#resting.set(what, { until: this.#clock.monotonic() + pause, failures });
    return failures === 1;
  }

  end(...whats: readonly string[]): void {
    for (const what of whats) this.#resting.delete(what);
  }
}
