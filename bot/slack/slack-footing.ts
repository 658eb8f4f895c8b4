import type { Clock, Footing, Stoppable } from "../coordinator/ports.ts";
import type { Observation } from "../core/fleet/condition.ts";
import { type Duration, MINUTE, SECOND } from "../core/instant.ts";
import type { SlackCall } from "./slack-call.ts";
import { aboutOf, isUncertain, wordsOf } from "./trouble.ts";

export interface Sockets {
  readonly up: number;
  readonly wanted: number;
  /** `isRefused`: waiting won't help. */
  readonly trouble: { readonly says: string; readonly isRefused: boolean } | null;
}

/** A gap that is shorter is nobody's business: Slack makes each connection anew every few hours. */
const GAP: Duration = 10 * SECOND;
/** What is refused is tried every five minutes; what is not refused any more may never be tried again. */
const BELIEVED: Duration = 15 * MINUTE;
/** So many calls without an answer, over so long, are more than bad luck. */
const UNANSWERED_MOST = 5;
const UNANSWERED_FOR: Duration = 30 * SECOND;

interface Refused {
  readonly says: string;
  readonly at: Duration;
}

/** Whether people can be reached by Slack, and reach us: the condition SlackConnected. */
export class SlackFooting implements Footing {
  readonly #clock: Clock;
  readonly #refused = new Map<string, Refused>();
  #changed: () => void = () => {};
  #sockets: Sockets | null = null;
  /** The sockets without their short gaps. */
  #shown: Sockets | null = null;
  #gap: Stoppable | null = null;
  #isStopped = false;
  #unanswered: { readonly count: number; readonly since: Duration } = { count: 0, since: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(changed: () => void): Stoppable {
    this.#changed = changed;
    return {
      stop: () => {
        this.#isStopped = true;
        this.#changed = () => {};
        this.#gap?.stop();
      },
    };
  }

  /** The sockets of a bot that ends go down after this has stopped: a gap of theirs would keep the process for its length. */
  socketsChanged(sockets: Sockets): void {
    if (this.#isStopped) return;
    this.#sockets = sockets;
    const isRefused = sockets.up === 0 && sockets.trouble?.isRefused === true;
    if (isRefused || sockets.up >= (this.#shown?.up ?? 1)) this.#show();
    else this.#gap ??= this.#clock.after(GAP, () => this.#show());
  }

  heard({ method, channel, answer }: SlackCall): void {
    const before = JSON.stringify(this.observed());
    const scope = `scope ${method}`;
    if (answer.ok) {
      for (const what of ["app", scope, `channel ${channel}`]) this.#refused.delete(what);
      this.#unanswered = { count: 0, since: 0 };
    } else if (isUncertain(answer.error)) {
      const { count, since } = this.#unanswered;
      this.#unanswered = { count: count + 1, since: count === 0 ? this.#clock.monotonic() : since };
    } else {
      const { error, needed } = answer;
      const about = aboutOf(error);
      const says = wordsOf({ error, needed, ...(channel === null ? {} : { channel }) });
      const what = about === "channel" ? `channel ${channel}` : error === "missing_scope" ? scope : "app";
      if (about === "channel" || about === "app") this.#refused.set(what, { says, at: this.#clock.monotonic() });
    }
    if (JSON.stringify(this.observed()) !== before) this.#changed();
  }

  observed(): Observation | null {
    const now = this.#clock.monotonic();
    const refused = [...this.#refused.values()].filter(({ at }) => now - at < BELIEVED).map(({ says }) => says);
    const { count, since } = this.#unanswered;
    const isSilent = count >= UNANSWERED_MOST && now - since >= UNANSWERED_FOR;
    const silent = isSilent ? ["Slack answers no calls. What is newest is shown when it does."] : [];
    const wrong = [...new Set([...downOf(this.#shown), ...refused, ...silent])];
    if (wrong.length > 0) return { type: "SlackConnected", isTrue: false, says: wrong.join(" ") };
    if (this.#shown === null) return null;
    const { up, wanted } = this.#shown;
    return { type: "SlackConnected", isTrue: true, says: `${up} of ${wanted} sockets ${up === 1 ? "is" : "are"} up.` };
  }

  #show(): void {
    this.#gap?.stop();
    this.#gap = null;
    this.#shown = this.#sockets;
    this.#changed();
  }
}

function downOf(sockets: Sockets | null): readonly string[] {
  if (sockets === null || sockets.up > 0) return [];
  const why = sockets.trouble === null ? "" : ` ${sockets.trouble.says}`;
  return [`No socket to Slack is up, so buttons and replies do nothing.${why}`];
}

/** Where no tokens were given. */
export const NO_SLACK: Footing = {
  start: () => ({ stop: () => {} }),
  observed: () => ({
    type: "SlackConnected",
    isTrue: false,
    says: "No Slack tokens are given; what would be said goes to the log.",
  }),
};
