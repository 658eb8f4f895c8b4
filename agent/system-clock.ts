import type { Clock } from "./ports.ts";

/** Longer delays make Node's timers fire at once; a timer that comes early only looks once more. */
const LONGEST_DELAY = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  // CLOCK_MONOTONIC stands still while a machine is suspended; that is why callers look at the wall clock beside it.
  monotonic: () => Number(process.hrtime.bigint() / 1_000_000n),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.ceil(delayMs), LONGEST_DELAY));
    return { stop: () => clearTimeout(timer) };
  },
};
