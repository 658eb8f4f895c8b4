import { setImmediate as macrotask } from "node:timers/promises";
import type { Instant } from "../core/instant.ts";
import type { WorldClock } from "./clock.ts";

/** What was really asked of a server, and is not answered yet: virtual time stands still for it, as if all answered at once. */
export class Underway {
  #count = 0;
  #waiting: (() => void)[] = [];

  async during<Result>(asked: Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await asked;
    } finally {
      this.#count -= 1;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** As the clock's `runUntil`, beside what is under way. */
  async runUntil(clock: WorldClock, isDone: () => boolean, until: Instant): Promise<boolean> {
    while (!isDone()) {
      if (this.#count > 0) {
        await this.#change();
        // What was answered is dealt with, and may ask for more.
        await macrotask();
        continue;
      }
      const next = clock.next();
      // It makes the last step to `until`, where nothing is due before.
      if (next === null || next > until) return clock.runUntil(isDone, until);
      await clock.step();
    }
    return true;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
