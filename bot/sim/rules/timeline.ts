/** How far back anyone may ask. */
const KEPT = 2 * 3_600_000;

/** A value over time, so that a look back shows what someone who heard of it late may have known. */
export class Timeline<T> {
  readonly #entries: { readonly at: number; readonly value: T }[] = [];

  set(at: number, value: T): void {
    if (this.#entries.at(-1)?.value === value) return;
    this.#entries.push({ at, value });
    while ((this.#entries[1]?.at ?? Number.POSITIVE_INFINITY) < at - KEPT) this.#entries.shift();
  }

  now(): T | undefined {
    return this.#entries.at(-1)?.value;
  }

  /** Every value that it had at some time from `from` to `to`. */
  during(from: number, to: number): readonly T[] {
    return this.#entries
      .filter(({ at }, index) => at <= to && (this.#entries[index + 1]?.at ?? Number.POSITIVE_INFINITY) > from)
      .map(({ value }) => value);
  }
}
