import type { Observation } from "../core/fleet/condition.ts";
import type { Footing, Stoppable } from "./ports.ts";

/** Gathers what the bot notices of its own footing. */
export class FootingKeeper implements Stoppable {
  readonly #footings: readonly Footing[];
  #running: readonly Stoppable[] = [];

  constructor(footings: readonly Footing[]) {
    this.#footings = footings;
  }

  start(changed: () => void): void {
    this.#running = this.#footings.map((footing) => footing.start(changed));
  }

  stop(): void {
    for (const one of this.#running) one.stop();
  }

  observations(): readonly Observation[] {
    return this.#footings.flatMap((footing) => footing.observed() ?? []);
  }
}
