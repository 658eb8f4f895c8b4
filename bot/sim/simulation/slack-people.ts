import type { PersonReading, SlackPeople } from "../../coordinator/ports.ts";
import type { Instant } from "../../core/instant.ts";
import type { Absence } from "../rules/absences.ts";
import { ACCOUNTS, type Account } from "./staff.ts";

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
    if (this.#is("slack down", "")) return { kind: "unreadable", why: "timeout" };
    return this.#wordOn(user, among);
  }

  /** As the desk takes it: only whom Slack vouches for now, in the groups that they are in now. Null for anyone else. */
  asking(account: Account): Account | null {
    if (account.system !== "slack") return account;
    const reading = this.#is("slack down", "") ? null : this.#wordOn(account.id, account.groups);
    return reading?.kind === "member" ? { ...account, groups: reading.groups } : null;
  }

  #wordOn(user: string, among: readonly string[]): PersonReading {
    if (this.#is("barred", user)) return { kind: "barred", why: "your account is deactivated." };
    const groups = this.#is("out of groups", user) ? [] : (ACCOUNTS.find(({ id }) => id === user)?.groups ?? []);
    return { kind: "member", groups: groups.filter((group) => among.includes(group)), unread: [] };
  }

  #is(kind: Absence["kind"], user: string): boolean {
    const { absences, now } = this.#parts;
    return absences.some(
      (one) =>
        one.kind === kind && (kind === "slack down" || one.user === user) && one.from <= now() && now() < one.until,
    );
  }
}
