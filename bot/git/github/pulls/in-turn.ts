/** Lets a bounded number do something in each round, and nobody twice before everybody who wants to came once. */
export class InTurn {
  readonly #most: number;
  readonly #came = new Set<string>();
  #left = 0;
  #isAnyWaiting = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Before each round. */
  begin(): void {
    if (!this.#isAnyWaiting) this.#came.clear();
    this.#isAnyWaiting = false;
    this.#left = this.#most;
  }

  take(name: string): boolean {
    if (this.#came.has(name)) return false;
    this.#isAnyWaiting ||= this.#left === 0;
    if (this.#left === 0) return false;
    this.#left -= 1;
    this.#came.add(name);
    return true;
  }
}
