import type { Clock, Stoppable } from "../coordinator/ports.ts";
import type { Duration, Instant } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";

/** One life of a bot or an agent: it can die or stand still between any two calls of its ports. */
export class SimProcess {
  readonly name: string;
  readonly #world: WorldClock;
  readonly #startedAt: Instant;
  readonly #died: () => void;
  #isAlive = true;
  #pausedUntil: Instant = 0;
  #jumped: Duration = 0;

  constructor(name: string, world: WorldClock, died: () => void) {
    this.name = name;
    this.#world = world;
    this.#startedAt = world.now();
    this.#died = died;
  }

  isAlive(): boolean {
    return this.#isAlive;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#died();
  }

  /** As SIGSTOP and SIGCONT: nothing runs in between, while time and the world go on. */
  pause(length: Duration): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#world.now() + length);
  }

  /** Its machine's wall clock is set anew, by so much. */
  jump(by: Duration): void {
    this.#jumped += by;
  }

  /** Runs what comes in from outside: never after death, and not while it stands still. */
  deliver(run: () => void): void {
    if (!this.#isAlive) return;
    const rest = this.#pausedUntil - this.#world.now();
    if (rest > 0) this.#world.after(rest, () => this.deliver(run));
    else run();
  }

  /** `skew` is how far its wall clock is off. */
  clock(skew: Duration = 0): Clock {
    return {
      now: () => this.#world.now() + skew + this.#jumped,
      monotonic: () => this.#world.now() - this.#startedAt,
      after: (delay, run): Stoppable => {
        let isStopped = false;
        const timer = this.#world.after(delay, () =>
          this.deliver(() => {
            if (!isStopped) run();
          }),
        );
        return {
          stop: () => {
            isStopped = true;
            timer.stop();
          },
        };
      },
    };
  }
}
