const FIRST = 500;
const MOST = 60_000;
/** As long as connections do come up, people are not kept waiting for longer. */
const MOST_ONCE_UP = 5_000;
/** A connection that lived for this long was a good one: the next is made at once. */
const GOOD_AFTER = 60_000;

/** How long a connection was up, in milliseconds; null for one that did not come up. */
type Lived = number | null;

/** How long to wait before the next try; longer each time. While nothing listens, clicks are lost. */
export class Pauses {
  #last = 0;

  after(lived: Lived): number {
    if (lived !== null && lived > GOOD_AFTER) this.#last = 0;
    else this.#last = Math.min(Math.max(this.#last * 2, FIRST), lived === null ? MOST : MOST_ONCE_UP);
    return this.#last;
  }
}
