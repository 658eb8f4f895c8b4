import type { Requester } from "./voters.ts";

/** When Slack does not vouch for somebody, or says nothing of anyone. */
export interface Absence {
  readonly kind: "barred" | "out of groups" | "slack down";
  /** Nobody's where Slack is down. */
  readonly user: string;
  readonly from: number;
  readonly until: number;
}

/** A bot asks about everyone whose word still counts at least so often, and starts its looks with its turns. */
const KNOWN_WITHIN = 8 * 60_000;

/** As whom a bot must know somebody by now: without what Slack has denied for so long that every bot has heard of it. */
export function vouchedFor(by: Requester, absences: readonly Absence[], now: number): Requester | null {
  const isCertain = (kind: Absence["kind"]): boolean =>
    by.system === "slack" &&
    absences.some(
      (one) =>
        one.kind === kind &&
        one.user === by.id &&
        now < one.until &&
        !absences.some((other) => other.kind === "slack down" && other.from < now && one.from < other.until) &&
        one.from + KNOWN_WITHIN <= now,
    );
  if (isCertain("barred")) return null;
  return isCertain("out of groups") ? { ...by, groups: [] } : by;
}

/** Whether a bot may know somebody as someone else than who they are: from an absence on until every bot has asked again. */
export function isInDoubt(by: Requester, absences: readonly Absence[], now: number): boolean {
  const known = (until: number): number => {
    const down = absences.find(
      (one) => one.kind === "slack down" && one.from < until && until < one.until + KNOWN_WITHIN,
    );
    return down === undefined ? until : known(down.until + KNOWN_WITHIN);
  };
  return (
    by.system === "slack" &&
    absences.some(({ user, from, until }) => user === by.id && from <= now && now < known(until + KNOWN_WITHIN))
  );
}

export const isSlackDown = (absences: readonly Absence[], now: number): boolean =>
  absences.some(({ kind, from, until }) => kind === "slack down" && from <= now && now < until);
