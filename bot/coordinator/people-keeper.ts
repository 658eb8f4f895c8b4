import type { PersonReading, SlackPerson, SlackPersons } from "../core/fleet/person.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import type { Clock, SlackPeople } from "./ports.ts";

const ANSWERED_WITHIN: Duration = 10 * SECOND;

interface PeopleParts {
  readonly people: SlackPeople;
  readonly clock: Clock;
}

/** Has people looked up in Slack, each at most once at a time, and keeps what was said of them last. */
export class PeopleKeeper {
  readonly #parts: PeopleParts;
  readonly #read: () => void;
  readonly #known = new Map<string, SlackPerson>();
  readonly #running = new Set<string>();

  /** `read` is called after each look. */
  constructor(parts: PeopleParts, read: () => void) {
    this.#parts = parts;
    this.#read = read;
  }

  readings(): SlackPersons {
    return this.#known;
  }

  /** `among`: the user groups that matter. */
  want(users: readonly string[], among: readonly string[]): void {
    for (const user of users) if (!this.#running.has(user)) void this.#ask(user, among);
  }

  async #ask(user: string, among: readonly string[]): Promise<void> {
    this.#running.add(user);
    // An answer is as old as its question: a process may stand still between the two.
    const askedAt = this.#parts.clock.now();
    const reading = await this.#look(user, among);
    this.#running.delete(user);
    const unread = reading.kind === "member" ? reading.unread : [];
    const told = among.filter((group) => !unread.includes(group));
    this.#known.set(user, latest(this.#known.get(user), { ...reading, at: askedAt, among: told, askedAt }));
    this.#read();
  }

  /** Nodes wait for the first look at somebody, so it ends whatever Slack does. */
  #look(user: string, among: readonly string[]): Promise<PersonReading> {
    const { people, clock } = this.#parts;
    return new Promise((resolve) => {
      const timer = clock.after(ANSWERED_WITHIN, () => resolve({ kind: "unreadable", why: "no answer in time" }));
      void people.look(user, among).then((reading) => {
        timer.stop();
        resolve(reading);
      });
    });
  }
}

/** Losing Slack neither undoes a yes nor brings back one that is gone: the last word that could be read stays. */
function latest(known: SlackPerson | undefined, read: SlackPerson): SlackPerson {
  const hasWord = known !== undefined && known.kind !== "unreadable";
  return read.kind === "unreadable" && hasWord ? { ...known, askedAt: read.askedAt } : read;
}
