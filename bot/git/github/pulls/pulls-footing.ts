import type { Footing, Stoppable } from "../../../coordinator/ports.ts";
import type { Observation } from "../../../core/fleet/condition.ts";
import type { Instant } from "../../../core/instant.ts";
import type { CallFailed } from "./call-failed.ts";
import { minuteOf } from "./comment-text.ts";

/** So many times in a row are more than bad luck. */
const MANY = 3;

interface Failed {
  readonly says: string;
  readonly count: number;
  /** It won't end by itself. */
  readonly isSure: boolean;
}

/** Whether those who change the policy are told what that would do: the condition PullRequestsAnswered. */
export class PullsFooting implements Footing {
  readonly #file: string;
  #changed: () => void = () => {};
  #told = "null";
  /** Those that change the policy; null before the first round. */
  #touching: readonly number[] | null = null;
  readonly #answered = new Map<number, Instant>();
  /** What keeps the bot from answering any. */
  #failed: Failed | null = null;
  /** What keeps it from answering one, by its name. */
  readonly #unanswered = new Map<string, string>();
  /** What it can't do as a whole, and why. */
  readonly #lacking = new Map<string, string>();

  constructor(file: string) {
    this.#file = file;
  }

  start(changed: () => void): Stoppable {
    this.#changed = changed;
    return {
      stop: () => {
        this.#changed = () => {};
      },
    };
  }

  /** Null on a replica that does not lead: it does not look. */
  observed(): Observation | null {
    const type = "PullRequestsAnswered";
    const failed = this.#failed;
    const isDown = failed !== null && (failed.isSure || failed.count >= MANY);
    const wrong = [
      ...new Set([...(isDown ? [failed.says] : []), ...this.#lacking.values(), ...this.#unanswered.values()]),
    ];
    if (wrong.length > 0) return { type, isTrue: false, says: wrong.join(" ") };
    if (this.#touching === null) return null;
    if (this.#touching.length === 0) return { type, isTrue: true, says: `No pull request changes ${this.#file}.` };
    const newest = Math.max(...this.#touching.filter((number) => this.#answered.has(number)));
    const at = this.#answered.get(newest);
    if (at === undefined) return null;
    const says = `The newest pull request that changes ${this.#file}, #${newest}, was answered at ${minuteOf(at)}.`;
    return { type, isTrue: true, says };
  }

  answered(number: number, at: Instant): void {
    this.#answered.set(number, at);
  }

  notAnswered(name: string, says: string): void {
    this.#unanswered.set(name, says);
    this.#tell();
  }

  answerable(name: string): void {
    this.#unanswered.delete(name);
  }

  lacks(what: string, says: string): void {
    this.#lacking.set(what, says);
    this.#tell();
  }

  has(what: string): void {
    this.#lacking.delete(what);
  }

  /** No whole round could be made. */
  failed({ message, about }: CallFailed): void {
    const count = (this.#failed?.count ?? 0) + 1;
    this.#failed = { says: message, count, isSure: about !== "moment" && about !== "limit" };
    this.#tell();
  }

  /** A whole round was made; these pull requests change the policy. */
  looked(touching: readonly number[]): void {
    this.#touching = touching;
    this.#failed = null;
    this.#tell();
  }

  /** `names` of all that there is to answer, `open` the numbers of the pull requests among them. */
  forgetOthers(names: ReadonlySet<string>, open: ReadonlySet<number>): void {
    for (const number of this.#answered.keys()) if (!open.has(number)) this.#answered.delete(number);
    for (const name of this.#unanswered.keys()) if (!names.has(name)) this.#unanswered.delete(name);
  }

  /** The bot leads no longer. */
  forget(): void {
    this.#touching = null;
    this.#answered.clear();
    this.#failed = null;
    this.#unanswered.clear();
    this.#lacking.clear();
    this.#tell();
  }

  #tell(): void {
    const now = JSON.stringify(this.observed());
    if (now === this.#told) return;
    this.#told = now;
    this.#changed();
  }
}
