import type { Clock, Random, Stoppable } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import type { Reading } from "./reading.ts";

/** Between two readings of a place that can't be reached, however often that was so. */
const LONGEST_PAUSE: Duration = 10 * 60_000;
/** A writer is given this long to finish, before what was told of is read; and again with each hint, but not for ever. */
const SETTLING: Duration = SECOND / 5;
const SETTLING_MOST: Duration = 2 * SECOND;
/** Hints may be many, and anybody's who may push: they bring no two readings closer together than this. */
const APART: Duration = 3 * SECOND;

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
  #note: string | null = null;
  #unreached = 0;
  #isReading = false;
  /** A hint came during the reading that is under way. */
  #isHurried = false;
  /** All by the monotonic clock. */
  #readAt: Duration = 0;
  #dueAt: Duration = 0;
  #hintedAt: Duration | null = null;

  constructor(parts: PollParts) {
    this.#parts = parts;
    void this.#round();
  }

  stop(): void {
    this.#stopped.abort();
    this.#timer?.stop();
  }

  /** Something changed there, it is said: reads soon, and once more where a reading is under way; never later than it would have. */
  hurry(): void {
    if (this.#isReading) {
      this.#isHurried = true;
      return;
    }
    const now = this.#parts.clock.monotonic();
    this.#hintedAt ??= now;
    const settled = Math.min(now + SETTLING, this.#hintedAt + SETTLING_MOST);
    const at = Math.min(Math.max(settled, this.#readAt + APART), this.#dueAt);
    this.#next(Math.max(0, at - now));
  }

  async #round(): Promise<void> {
    this.#isReading = true;
    this.#hintedAt = null;
    const reading = await this.#parts.read(this.#stopped.signal);
    this.#isReading = false;
    if (this.#stopped.signal.aborted) return;
    this.#unreached = reading.kind === "unreachable" ? this.#unreached + 1 : 0;
    this.#tell(reading);
    const pause = this.#pause();
    this.#readAt = this.#parts.clock.monotonic();
    this.#dueAt = this.#readAt + pause;
    this.#next(pause);
    if (this.#isHurried) this.hurry();
    this.#isHurried = false;
  }

  #tell(reading: Reading): void {
    const [key, note] = [keyOf(reading), "note" in reading ? reading.note : null];
    // A note is no longer there once the commit is in force: that is no news.
    if (key === this.#last && (note === null || note === this.#note)) return;
    this.#last = key;
    this.#note = note;
    this.#parts.heard(reading);
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

/** A reading that says the same as the one before has the same key, but for its note. */
function keyOf(reading: Reading): string {
  const keys = reading.keysDigest ?? null;
  if (reading.kind !== "read") return JSON.stringify([reading.kind, reading.problem, keys]);
  const { content, commit, verified } = reading;
  const what = commit === null ? [content] : [commit.id, commit.url, commit.pull];
  return JSON.stringify(["read", ...what, verified, keys]);
}
