import type { Clock } from "../../../coordinator/ports.ts";
import { type Duration, HOUR, MINUTE } from "../../../core/instant.ts";
import type { Pull } from "./open-pulls.ts";

interface Rest {
  readonly headSha: string;
  readonly until: Duration;
  readonly failures: number;
  readonly why: string;
}

const LONGEST: Duration = HOUR;
/** So many times in a row are more than bad luck. */
const MANY = 3;

/** Pull requests that could not be answered rest, longer each time, until they change. */
export class PullRests {
  readonly #clock: Clock;
  readonly #resting = new Map<number, Rest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isResting({ number, headSha }: Pull): boolean {
    const rest = this.#resting.get(number);
    return rest !== undefined && rest.headSha === headSha && this.#clock.monotonic() < rest.until;
  }

  begin({ number, headSha }: Pull, why: string): { readonly isNews: boolean; readonly isLong: boolean } {
    const before = this.#resting.get(number);
    const failures = (before?.headSha === headSha ? before.failures : 0) + 1;
    const pause = Math.min(MINUTE * 2 ** Math.min(failures - 1, 10), LONGEST);
    this.#resting.set(number, { headSha, until: this.#clock.monotonic() + pause, failures, why });
    return { isNews: before?.why !== why, isLong: failures >= MANY };
  }

  end({ number }: Pull): void {
    this.#resting.delete(number);
  }

  forgetOthers(open: ReadonlySet<number>): void {
    for (const number of this.#resting.keys()) if (!open.has(number)) this.#resting.delete(number);
  }
}
