/** How often a method may be called: Slack's tiers count a method's calls in a minute, posts go by the channel. */
export type RateLimit = "tier 2" | "tier 3" | "tier 4" | "posts";

/**
 * Calls a minute that Slack promises. It lets short bursts of more through without a number; here the promise is all there
 * is, so that what passes here passes there.
 */
const PER_MINUTE: Readonly<Record<Exclude<RateLimit, "posts">, number>> = { "tier 2": 20, "tier 3": 50, "tier 4": 100 };
const MINUTE_MS = 60_000;

/** One post a second and channel; posts of the last few seconds that were not used may come in a burst. */
const POST_MS = 1_000;
const POST_BURST = 5;

interface Minute {
  readonly began: number;
  calls: number;
}

/** Counts the calls of an app, by the clock that it is given. */
export class RateLimits {
  readonly #now: () => number;
  readonly #minutes = new Map<string, Minute>();
  /** By channel: the time at which it owes no wait any more. */
  readonly #even = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null for a call that may go on, else the seconds to wait. A refused call counts for nothing. */
  take(limit: RateLimit, method: string, channel: string): number | null {
    return limit === "posts" ? this.#post(channel) : this.#call(method, PER_MINUTE[limit]);
  }

  #call(method: string, most: number): number | null {
    const now = this.#now();
    const last = this.#minutes.get(method);
    const minute = last === undefined || now >= last.began + MINUTE_MS ? { began: now, calls: 0 } : last;
    this.#minutes.set(method, minute);
    if (minute.calls === most) return Math.ceil((minute.began + MINUTE_MS - now) / 1_000);
    minute.calls += 1;
    return null;
  }

  #post(channel: string): number | null {
    const now = this.#now();
    const even = Math.max(this.#even.get(channel) ?? now, now) + POST_MS;
    const wait = even - now - POST_BURST * POST_MS;
    if (wait > 0) return Math.ceil(wait / 1_000);
    this.#even.set(channel, even);
    return null;
  }
}
