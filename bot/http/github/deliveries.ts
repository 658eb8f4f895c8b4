/** Hours of a busy repository, in some hundred kilobytes. */
const KEPT = 2_000;

/** Which deliveries were taken lately, by X-GitHub-Delivery; this replica's own, since its restart. */
export class Deliveries {
  readonly #taken = new Set<string>();

  /** True the first time. */
  take(id: string): boolean {
    if (this.#taken.has(id)) return false;
    this.#taken.add(id);
    const oldest = this.#taken.values().next().value;
    if (this.#taken.size > KEPT && oldest !== undefined) this.#taken.delete(oldest);
    return true;
  }
}
