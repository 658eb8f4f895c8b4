import type { Instant } from "../instant.ts";
import type { Situation } from "../situation.ts";

interface WantedPeople {
  /** Ids of Slack users who are to be looked up now. */
  readonly users: readonly string[];
  /** When to think of it again. */
  readonly wakeAt: readonly Instant[];
}

/** Who let something be done to a node that is yet to be done: whether they may is asked again while it stands. */
export function wantedPeople(situations: readonly Situation[], now: Instant): WantedPeople {
  const [first] = situations;
  if (first === undefined) return { users: [], wakeAt: [] };
  const { people, timings } = first.snapshot;
  if (people === null) return { users: [], wakeAt: [] };
  const matters = situations.filter(
    ({ report, reboot }) => report?.pending != null || (reboot !== null && reboot.phase.kind !== "waiting"),
  );
  const makers = [...new Set(matters.flatMap(({ standing }) => standing.slackMakers))].sort();
  const due = makers.map((user) => {
    const known = people.get(user);
    return { user, at: known === undefined ? now : known.askedAt + timings.peopleEvery };
  });
  return {
    users: due.filter(({ at }) => at <= now).map(({ user }) => user),
    wakeAt: due.map(({ at }) => at).filter((at) => at > now),
  };
}
