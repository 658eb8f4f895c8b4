import type { Clock, Random, Stoppable } from "../coordinator/ports.ts";
import type { Duration, Instant } from "../core/instant.ts";

/** The machine's clocks. */
export const systemClock: Clock = {
  now: (): Instant => Date.now(),
  // CLOCK_MONOTONIC on Linux: it stands still while the machine is suspended, but not while the process is stopped.
  monotonic: (): Duration => performance.now(),
  after(delay: Duration, run: () => void): Stoppable {
    const timer = setTimeout(run, Math.max(0, delay));
    return { stop: () => clearTimeout(timer) };
  },
};

export const systemRandom: Random = { next: () => Math.random() };
