import type { Answer, Api, Call, Clock, Lease, Log, Random } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import type { Timings } from "../core/timings.ts";

export interface CallParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly timings: Timings;
}

/** Makes calls whose deadline is never later than the lease's end: an effect that could land after it is not started. */
export async function fencedCall(parts: CallParts, lease: Lease, call: Call): Promise<Answer> {
  const deadline = Math.min(parts.timings.callDeadline, lease.remaining());
  if (deadline <= 0) return { kind: "unanswered", why: "the lease ran out before the call" };
  return parts.api.call(call, deadline);
}

export function pause(clock: Clock, delay: Duration): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delay, resolve);
  });
}

/** Doubles from one second to timings.backoffMost, with a jitter of up to a quarter. */
export function backOff({ random, timings }: CallParts, failures: number): Duration {
  const base = Math.min(1_000 * 2 ** Math.min(failures, 16), timings.backoffMost);
  return base * (0.75 + random.next() / 4);
}
