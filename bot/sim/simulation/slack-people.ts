import type { SlackPeople } from "../../coordinator/ports.ts";
import type { PersonReading } from "../../core/fleet/person.ts";
import type { Instant } from "../../core/instant.ts";
import { type Absence, isSlackDown } from "../rules/absences.ts";
import { ACCOUNTS } from "./staff.ts";

interface Parts {
  readonly absences: readonly Absence[];
  readonly now: () => Instant;
}

/** Slack's word on the accounts: some are barred for a while, or taken out of their groups, and at times nobody can be read. */
export class SimPeople implements SlackPeople {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async look(user: string, among: readonly string[]): Promise<PersonReading> {
    const { absences, now } = this.#parts;
    if (isSlackDown(absences, now())) return { kind: "unreadable", why: "timeout" };
    return this.#wordOn(user, among);
  }

  #wordOn(user: string, among: readonly string[]): PersonReading {
    if (this.#is("barred", user)) return { kind: "barred", why: "your account is deactivated." };
    const groups = this.#is("out of groups", user) ? [] : (ACCOUNTS.find(({ id }) => id === user)?.groups ?? []);
    return { kind: "member", groups: groups.filter((group) => among.includes(group)), unread: [] };
  }

  #is(kind: Absence["kind"], user: string): boolean {
    const { absences, now } = this.#parts;
    return absences.some((one) => one.kind === kind && one.user === user && one.from <= now() && now() < one.until);
  }
}
