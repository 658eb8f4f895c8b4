import { HOUR, type Instant, MINUTE, SECOND } from "../../core/instant.ts";

export interface LimitOptions {
  /** Calls an hour for each caller; GitHub gives 5,000, and 60 to those who say no name. */
  readonly perHour: number;
  /** Points a minute, where a read is one and a write is five; GitHub gives 900. */
  readonly pointsPerMinute: number;
  /** GitHub answers with either. */
  readonly code: 403 | 429;
}

export interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly reset: Instant;
}

interface Count {
  readonly began: Instant;
  used: number;
}

/** Counts the calls of every caller, by the clock that it is given. */
export class RateLimits {
  readonly code: 403 | 429;
  readonly #options: LimitOptions;
  readonly #now: () => Instant;
  readonly #hours = new Map<string, Count>();
  readonly #minutes = new Map<string, Count>();

  constructor(options: LimitOptions, now: () => Instant) {
    this.#options = options;
    this.code = options.code;
    this.#now = now;
  }

  budget(caller: string): Budget {
    const hour = this.#count(this.#hours, caller, HOUR);
    const limit = caller === "anonymous" ? Math.min(60, this.#options.perHour) : this.#options.perHour;
    return { limit, used: hour.used, reset: hour.began + HOUR };
  }

  /** For a call that was carried out and was not spared as unchanged. */
  use(caller: string): void {
    this.#count(this.#hours, caller, HOUR).used += 1;
  }

  /** Null for a call that may go on, else the seconds to wait. A refused call counts for nothing. */
  hurry(caller: string, method: string): number | null {
    const minute = this.#count(this.#minutes, caller, MINUTE);
    const points = method === "GET" ? 1 : 5;
    if (minute.used + points > this.#options.pointsPerMinute) {
      return Math.ceil((minute.began + MINUTE - this.#now()) / SECOND);
    }
    minute.used += points;
    return null;
  }

  #count(counts: Map<string, Count>, caller: string, length: number): Count {
    const now = this.#now();
    const last = counts.get(caller);
    if (last !== undefined && now < last.began + length) return last;
    const fresh: Count = { began: now, used: 0 };
    counts.set(caller, fresh);
    return fresh;
  }
}
