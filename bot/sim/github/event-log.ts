import type { Stoppable } from "../../coordinator/ports.ts";
import type { CheckRun, Comment, Pull, Status } from "./conversation.ts";
import type { Repository } from "./repository.ts";

export type GitHubNews =
  /** A ref moved: `before` is null when it is new, `after` when it is gone. */
  | {
      readonly kind: "pushed";
      readonly repository: Repository;
      readonly ref: string;
      readonly before: string | null;
      readonly after: string | null;
      readonly forced: boolean;
    }
  | {
      readonly kind: "pull-request";
      readonly action: "opened" | "synchronize" | "closed";
      readonly repository: Repository;
      readonly pull: Pull;
      /** The head's sha before, where it moved. */
      readonly before: string | null;
    }
  | {
      readonly kind: "comment";
      readonly action: "created" | "edited" | "deleted";
      readonly repository: Repository;
      readonly comment: Comment;
    }
  | {
      readonly kind: "check-run";
      readonly action: "created" | "updated" | "rerequested";
      readonly repository: Repository;
      readonly run: CheckRun;
    }
  | { readonly kind: "status"; readonly repository: Repository; readonly status: Status };

/** `index` is the event's place in the log. */
export type GitHubEvent = GitHubNews & { readonly index: number };

/** All that ever happened, in order, and a way to wait for what has not happened yet. */
export class EventLog {
  readonly #events: GitHubEvent[] = [];
  readonly #listeners = new Set<(event: GitHubEvent) => void>();

  get events(): readonly GitHubEvent[] {
    return this.#events;
  }

  add(news: GitHubNews): void {
    const event = { ...news, index: this.#events.length };
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  listen(listener: (event: GitHubEvent) => void): Stoppable {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  /** The first answer of `pick` that is not null, over the events from index `from` on, past ones first. */
  until<Found>(pick: (event: GitHubEvent) => Found | null, from = 0): Promise<Found> {
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
