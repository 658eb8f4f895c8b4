import type { Stoppable } from "../coordinator/ports.ts";

/** `index` is the event's place in the log. */
export type Logged<News> = News & { readonly index: number };

/** All that ever happened, in order, and a way to wait for what has not happened yet. */
export class EventLog<News extends object> {
  readonly #events: Logged<News>[] = [];
  readonly #listeners = new Set<(event: Logged<News>) => void>();

  get events(): readonly Logged<News>[] {
    return this.#events;
  }

  add(news: News): void {
    const event = { ...news, index: this.#events.length };
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  listen(listener: (event: Logged<News>) => void): Stoppable {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  /** The first answer of `pick` that is not null, over the events from index `from` on, past ones first. */
  until<Found>(pick: (event: Logged<News>) => Found | null, from = 0): Promise<Found> {
    for (const event of this.#events.slice(from)) {
      const found = pick(event);
      if (found !== null) return Promise.resolve(found);
    }
    return new Promise((resolve) => {
      const listening = this.listen((event) => {
        const found = pick(event);
        if (found === null) return;
        listening.stop();
        resolve(found);
      });
    });
  }
}
