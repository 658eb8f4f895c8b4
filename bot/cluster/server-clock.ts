import type { Answer, Api, Call, Clock, Log, Stoppable, WatchCall, WatchListener } from "../coordinator/ports.ts";
import { type Duration, formatDuration, type Instant, SECOND } from "../core/instant.ts";

/** A clock that is off by more is worth a line in the log. */
const WORTH_SAYING: Duration = 5 * SECOND;

/**
 * The API server's time, which is the one that agents go by: two bots whose own clocks differ must not judge one order by two
 * times. Each answer carries the server's whole second, so its time lay between that second when the answer came and the end
 * of that second when the call went out. What all answers agree on is kept; a clock that was set anew disagrees, and then only
 * the newest answer counts.
 */
export class ServerClock implements Clock {
  readonly #own: Clock;
  readonly #log: Log;
  #least = Number.NEGATIVE_INFINITY;
  #most = Number.POSITIVE_INFINITY;
  #said: Duration = 0;

  constructor(own: Clock, log: Log) {
    this.#own = own;
    this.#log = log;
  }

  now(): Instant {
    return this.#own.now() + this.#offset();
  }

  monotonic(): Duration {
    return this.#own.monotonic();
  }

  after(delay: Duration, run: () => void): Stoppable {
    return this.#own.after(delay, run);
  }

  /** The same API, with each of its answers looked at. */
  readBy(api: Api): Api {
    return {
      call: async (call: Call, deadline: Duration): Promise<Answer> => {
        const sentAt = this.#own.now();
        const answer = await api.call(call, deadline);
        if (answer.kind === "answered") this.#see(answer.date, sentAt, this.#own.now());
        return answer;
      },
      watch: (call: WatchCall, listener: WatchListener): Stoppable => api.watch(call, listener),
    };
  }

  /** None while the own clock may be right. */
  #offset(): Duration {
    return Math.min(Math.max(0, this.#least), this.#most);
  }

  #see(date: Instant, sentAt: Instant, answeredAt: Instant): void {
    const least = date - answeredAt;
    const most = date + SECOND - sentAt;
    const agrees = least <= this.#most && most >= this.#least;
    this.#least = agrees ? Math.max(this.#least, least) : least;
    this.#most = agrees ? Math.min(this.#most, most) : most;
    const offset = this.#offset();
    if (Math.abs(offset - this.#said) < WORTH_SAYING) return;
    this.#said = offset;
    const says = `this machine's clock is ${formatDuration(Math.abs(offset))} ${offset > 0 ? "behind" : "ahead of"} the API server's, whose time counts`;
    this.#log.warn("clock", { says });
  }
}
