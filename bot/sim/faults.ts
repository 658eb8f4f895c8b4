import type { Call, Resource } from "../coordinator/ports.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../core/instant.ts";
import type { SeededRandom } from "./random.ts";

/** What happens to one API call of one process. */
export type CallFault =
  | { readonly kind: "none" }
  /** The process dies and the call was never made. */
  | { readonly kind: "crash before" }
  /** The call is made and its sender dies before the answer. */
  | { readonly kind: "crash after" }
  /** The call reaches the server only then, whoever lives by that time. */
  | { readonly kind: "late"; readonly delay: Duration }
  | { readonly kind: "lost answer" }
  /** The process stands still between its decision and the call. */
  | { readonly kind: "pause"; readonly delay: Duration }
  | { readonly kind: "refused"; readonly code: 429 | 500 | 503 };

export type WatchFault =
  | { readonly kind: "closed"; readonly after: Duration }
  | { readonly kind: "gone"; readonly after: Duration }
  /** From then on nothing comes any more, and only later the connection is found dead. */
  | { readonly kind: "stalled"; readonly after: Duration; readonly closedAfter: Duration };

export interface WatchFortune {
  readonly lag: Duration;
  readonly ends: WatchFault;
}

export interface FaultSettings {
  /** How likely trouble is with any one call. */
  readonly perCall: number;
  readonly until: Instant;
  /** Writes of this kind meet trouble far more often: what matters most is rare among all calls. */
  readonly focus: Resource | null;
}

const FOCUSED = 0.25;

/** Trouble by chance, up to a time; from then on everything works. */
export class Faults {
  readonly #random: SeededRandom;
  readonly #settings: FaultSettings;

  constructor(random: SeededRandom, settings: FaultSettings) {
    this.#random = random;
    this.#settings = settings;
  }

  latency(): Duration {
    return this.#random.between(1, 15);
  }

  ofCall(now: Instant, call: Call): CallFault {
    const { perCall, until, focus } = this.#settings;
    const isFocus = call.resource === focus && call.verb !== "get" && call.verb !== "list";
    if (now >= until || !this.#random.chance(isFocus ? FOCUSED : perCall)) return { kind: "none" };
    switch (this.#random.between(0, 7)) {
      case 0:
        return { kind: "crash before" };
      case 1:
        return { kind: "crash after" };
      case 2:
        return { kind: "late", delay: this.#random.between(1, 60) * SECOND };
      case 3:
        return { kind: "lost answer" };
      case 4:
        return { kind: "pause", delay: this.#random.between(1, 90) * SECOND };
      case 5:
        return { kind: "pause", delay: this.#random.between(2, 30) * MINUTE };
      case 6:
        return { kind: "late", delay: this.#random.between(1, 5) * MINUTE };
      default:
        return { kind: "refused", code: this.#random.pick([429, 500, 503] as const) ?? 500 };
    }
  }

  ofWatch(now: Instant): WatchFortune {
    const after = this.#random.between(60, 600) * SECOND;
    const isQuiet = now >= this.#settings.until || !this.#random.chance(this.#settings.perCall * 10);
    if (isQuiet) return { lag: this.#random.between(1, 40), ends: { kind: "closed", after } };
    const lag = this.#random.chance(0.5) ? this.#random.between(1, 40) : this.#random.between(1, 15) * SECOND;
    const soon = this.#random.between(1, 120) * SECOND;
    const ends = this.#random.pick<WatchFault>([
      { kind: "closed", after: soon },
      { kind: "gone", after: soon },
      { kind: "stalled", after: soon, closedAfter: this.#random.between(10, 60) * SECOND },
    ]);
    return { lag, ends: ends ?? { kind: "closed", after } };
  }
}

/** No trouble at all: for demos and for stories told step by step. */
export const NO_FAULTS: FaultSettings = { perCall: 0, until: 0, focus: null };
