import type { Clock } from "../coordinator/ports.ts";
import { type Duration, MINUTE, SECOND } from "../core/instant.ts";

export type Method = "chat.postMessage" | "chat.update" | "pins.add" | "conversations.history";

/** Slack lets an app post about one message a second in a channel. */
const GAP: Duration = SECOND;
/** chat.update is one of the methods that may be called 50 times a minute in a workspace, with bursts. */
const UPDATE_EVERY: Duration = MINUTE / 50;
const UPDATES_AT_ONCE = 20;

/** How fast Slack may be called, before it says so by itself: each channel for itself, and edits for the workspace as well. */
export class Pace {
  readonly #clock: Clock;
  /** Of the last call, by channel; the one that waits for longest comes first. */
  readonly #last = new Map<string, Duration>();
  /** When the edits so far would have been made, one after the other at their pace. */
  #updatesUntil: Duration = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(method: Method, channel: string): Duration {
    const now = this.#clock.monotonic();
    const gap = (this.#last.get(channel) ?? -GAP) + GAP - now;
    const updates = this.#updatesUntil - (UPDATES_AT_ONCE - 1) * UPDATE_EVERY - now;
    return method === "chat.update" ? Math.max(gap, updates) : gap;
  }

  /** Counted from its beginning, since others begin while it is under way. */
  begun(method: Method, channel: string): void {
    this.#last.delete(channel);
    this.ended(channel);
    const now = this.#clock.monotonic();
    if (method === "chat.update") this.#updatesUntil = Math.max(this.#updatesUntil, now) + UPDATE_EVERY;
  }

  ended(channel: string): void {
    this.#last.set(channel, this.#clock.monotonic());
  }

  /** The channel that was served last comes last, so that a busy one takes no edit from the others. */
  inTurn(channels: Iterable<string>): readonly string[] {
    const served = [...this.#last.keys()];
    return [...channels].sort((a, b) => served.indexOf(a) - served.indexOf(b));
  }
}

/**
 * What rests after a 429. Slack counts per method and workspace; of posts it counts those of a channel as well, and doesn't
 * say which of the two it was: a busy channel must not silence the others, who find out for themselves.
 */
export const limitedBy = (method: Method, channel: string): string =>
  method === "chat.postMessage" ? `${method} in ${channel}` : method;
