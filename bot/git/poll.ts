import type { Clock, Random, Stoppable } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import type { Reading } from "./reading.ts";

/** Between two readings of a place that can't be reached, however often that was so. */
const LONGEST_PAUSE: Duration = 10 * 60_000;
/** A writer is given this long to finish, before what was told of is read. */
const SETTLING: Duration = 200;

interface PollParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly every: Duration;
  readonly read: (signal: AbortSignal) => Promise<Reading>;
  readonly heard: (reading: Reading) => void;
}

/** Reads now and then every so often, one reading at a time, and tells only what changed. */
export class Poll implements Stoppable {
  readonly #parts: PollParts;
  readonly #stopped = new AbortController();
  #timer: Stoppable | null = null;
  #last: string | null = null;
  #unreached = 0;
  #isReading = false;
  #isHurried = false;

  constructor(parts: PollParts) {
    this.#parts = parts;
    void this.#round();
  }

  stop(): void {
    this.#stopped.abort();
    this.#timer?.stop();
  }

  /** Something changed there, it is said: reads soon, and once more where a reading is under way. */
  hurry(): void {
    if (this.#isReading) this.#isHurried = true;
    else this.#next(SETTLING);
  }

  async #round(): Promise<void> {
    this.#isReading = true;
    const reading = await this.#parts.read(this.#stopped.signal);
    this.#isReading = false;
    if (this.#stopped.signal.aborted) return;
    this.#unreached = reading.kind === "unreachable" ? this.#unreached + 1 : 0;
    const key = keyOf(reading);
    if (key !== this.#last) {
      this.#last = key;
      this.#parts.heard(reading);
    }
    this.#next(this.#isHurried ? SETTLING : this.#pause());
    this.#isHurried = false;
  }

  #next(delay: Duration): void {
    this.#timer?.stop();
    if (!this.#stopped.signal.aborted) this.#timer = this.#parts.clock.after(delay, () => void this.#round());
  }

  /** A tenth less or more, so that many bots don't come at once; longer and longer while there is no answer. */
  #pause(): Duration {
    const { every, random } = this.#parts;
    const longest = Math.max(every, LONGEST_PAUSE);
    const pause = Math.min(every * 2 ** Math.max(0, this.#unreached - 1), longest);
    return Math.round(pause * (0.9 + 0.2 * random.next()));
  }
}

/** A reading that says the same as the one before has the same key; a note is no news without a new policy. */
function keyOf(reading: Reading): string {
  if (reading.kind !== "read") return JSON.stringify([reading.kind, reading.problem]);
  const { content, commit, verified } = reading;
  return JSON.stringify(["read", commit === null ? content : commit.id, verified]);
}
