import type { Duration } from "../../core/instant.ts";
import type { WorldClock } from "../clock.ts";
import type { SeededRandom } from "../random.ts";
import type { Store } from "../store.ts";

export interface ControllerParts {
  readonly store: Store;
  readonly clock: WorldClock;
  readonly random: SeededRandom;
}

/** Runs a moment after it was woken, once for all that woke it meanwhile: controllers come late and look at the whole. */
export class Loop {
  readonly #parts: ControllerParts;
  readonly #run: () => void;
  readonly #delay: readonly [least: Duration, most: Duration];
  #isDue = false;

  constructor(parts: ControllerParts, run: () => void, delay: readonly [least: Duration, most: Duration] = [10, 200]) {
    this.#parts = parts;
    this.#run = run;
    this.#delay = delay;
  }

  /** Woken by every change of these kinds. */
  on(...resources: readonly string[]): void {
    this.#parts.store.onChange(({ resource }) => {
      if (resources.includes(resource)) this.wake();
    });
  }

  wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const [least, most] = this.#delay;
    this.#parts.clock.after(this.#parts.random.between(least, most), () => {
      this.#isDue = false;
      this.#run();
    });
  }
}
