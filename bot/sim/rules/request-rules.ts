import type { Request } from "./world.ts";

/** Three times of what was ever seen; who asks more often does not wait between two tries. */
const SAME_MOST = 60;
const WITHIN = 10_000;

/** Rule 16: no process asks the same of the API server over and over without a pause. */
export class RequestRules {
  readonly #broken: (rule: string) => void;
  #window = 0;
  readonly #counts = new Map<string, number>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  see({ at, process, what }: Request): void {
    const window = Math.floor(at / WITHIN);
    if (window !== this.#window) this.#counts.clear();
    this.#window = window;
    const key = `${process} asks the API server to ${what}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > SAME_MOST) this.#broken(`rule 16: ${key} more than ${SAME_MOST} times in ${WITHIN / 1_000} s`);
  }
}
