import type { Clock } from "../../../coordinator/ports.ts";
import { type Duration, HOUR, MINUTE } from "../../../core/instant.ts";
import { nameOf, type Subject } from "./subject.ts";

interface Rest {
  readonly headSha: string;
  /** As it was listed then. */
  readonly listed: string;
  readonly until: Duration;
  readonly failures: number;
  readonly why: string;
  readonly mayBeLiftedFrom: Duration;
  /** Whether a re-run is asked for can't be learned now. */
  readonly isDeaf: boolean;
}

const LONGEST: Duration = HOUR;
/** So many times in a row are more than bad luck. */
const MANY = 3;
/** However many words come, and whatever keeps saying them, the tries stay this far apart. */
const LIFTED_ONCE_IN: Duration = 10 * MINUTE;

/**
 * What could not be answered rests, longer each time, until it has another head. A word about it lifts the rest for one try;
 * if that fails as well, it rests longer still, and the next word has to wait.
 */
export class Rests {
  readonly #clock: Pick<Clock, "monotonic">;
  /** By name. */
  readonly #resting = new Map<string, Rest>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  isResting(subject: Subject): boolean {
    const rest = this.#of(subject);
    return rest !== undefined && this.#clock.monotonic() < rest.until;
  }

  begin(subject: Subject, why: string): { readonly isNews: boolean; readonly isLong: boolean } {
    const before = this.#of(subject);
    const failures = (before?.failures ?? 0) + 1;
    const pause = Math.min(MINUTE * 2 ** Math.min(failures - 1, 10), LONGEST);
    const now = this.#clock.monotonic();
    const { headSha, listed } = subject;
    const rest = { headSha, listed, until: now + pause, failures, why, isDeaf: false };
    const isNews = this.#resting.get(nameOf(subject))?.why !== why;
    this.#resting.set(nameOf(subject), { ...rest, mayBeLiftedFrom: before?.mayBeLiftedFrom ?? now });
    return { isNews, isLong: failures >= MANY };
  }

  end(subject: Subject): void {
    this.#resting.delete(nameOf(subject));
  }

  /** What is said about it until then waits, and is not lost: it is still to be seen at GitHub. */
  mayBeLifted(subject: Subject): boolean {
    const rest = this.#of(subject);
    return rest !== undefined && this.#clock.monotonic() >= rest.mayBeLiftedFrom;
  }

  /** Whether something happened to it since its rest began. */
  isNews(subject: Subject): boolean {
    return this.#of(subject)?.listed !== subject.listed;
  }

  lift(subject: Subject): void {
    const now = this.#clock.monotonic();
    this.#change(subject, { until: now, mayBeLiftedFrom: now + LIFTED_ONCE_IN });
  }

  /** No re-run is heard of before its next try. */
  deafen(subject: Subject): void {
    this.#change(subject, { isDeaf: true });
  }

  isDeaf(subject: Subject): boolean {
    return this.#of(subject)?.isDeaf ?? false;
  }

  forgetOthers(names: ReadonlySet<string>): void {
    for (const name of this.#resting.keys()) if (!names.has(name)) this.#resting.delete(name);
  }

  #of(subject: Subject): Rest | undefined {
    const rest = this.#resting.get(nameOf(subject));
    return rest?.headSha === subject.headSha ? rest : undefined;
  }

  #change(subject: Subject, changes: Partial<Rest>): void {
    const rest = this.#of(subject);
    if (rest !== undefined) this.#resting.set(nameOf(subject), { ...rest, ...changes });
  }
}
