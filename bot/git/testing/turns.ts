import type { PolicyInForce, PolicyNews, PolicySource } from "../../coordinator/policy-source-port.ts";
import type { Clock, Stoppable } from "../../coordinator/ports.ts";

/** Listens to a source whose next poll comes when the test asks for it. */
export class Turns implements Stoppable {
  readonly #news: PolicyNews[] = [];
  readonly pauses: number[] = [];
  #due: (() => void) | null = null;
  #polled: () => void = () => {};
  #source: Stoppable | null = null;

  readonly clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (pause, run) => {
      this.pauses.push(pause);
      this.#due = run;
      this.#polled();
      return {
        stop: () => {
          this.#due = null;
        },
      };
    },
  };

  /** What the first reading said. */
  async first(source: PolicySource, inForce?: () => PolicyInForce | null): Promise<readonly PolicyNews[]> {
    return this.#take(() => {
      this.#source = source.start((news) => this.#news.push(news), inForce);
    });
  }

  /** What the next reading said; nothing when it said nothing new. */
  async next(): Promise<readonly PolicyNews[]> {
    return this.#take(() => this.#due?.());
  }

  isPending(): boolean {
    return this.#due !== null;
  }

  stop(): void {
    this.#source?.stop();
  }

  async #take(begin: () => void): Promise<readonly PolicyNews[]> {
    await new Promise<void>((resolve) => {
      this.#polled = resolve;
      begin();
    });
    return this.#news.splice(0);
  }
}
