import type { Stoppable } from "../../coordinator/ports.ts";
import type { Ephemeral, Message } from "./message.ts";
import type { View } from "./view.ts";

export type WorkspaceNews =
  | { readonly kind: "posted"; readonly message: Message }
  | { readonly kind: "edited"; readonly message: Message; readonly previous: Message }
  | { readonly kind: "deleted"; readonly previous: Message; readonly ts: string }
  | { readonly kind: "whispered"; readonly whisper: Ephemeral }
  | { readonly kind: "pinned"; readonly channel: string; readonly ts: string }
  | { readonly kind: "modal-opened" | "modal-changed" | "modal-closed"; readonly view: View }
  /** The app asked for something that Slack does not do. */
  | { readonly kind: "refused"; readonly method: string; readonly error: string; readonly problems: readonly string[] };

/** `index` is the event's place in the log. */
export type WorkspaceEvent = WorkspaceNews & { readonly index: number };

/** All that ever happened, in order, and a way to wait for what has not happened yet. */
export class EventLog {
  readonly #events: WorkspaceEvent[] = [];
  readonly #listeners = new Set<(event: WorkspaceEvent) => void>();

  get events(): readonly WorkspaceEvent[] {
    return this.#events;
  }

  add(news: WorkspaceNews): void {
    const event = { ...news, index: this.#events.length };
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  listen(listener: (event: WorkspaceEvent) => void): Stoppable {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  /** The first answer of `pick` that is not null, over the events from index `from` on, past ones first. */
  until<Found>(pick: (event: WorkspaceEvent) => Found | null, from = 0): Promise<Found> {
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
