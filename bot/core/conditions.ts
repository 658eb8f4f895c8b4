import type { Condition } from "./fleet/condition.ts";
import type { Snapshot } from "./fleet/snapshot.ts";
import type { Instant } from "./instant.ts";
import type { Step } from "./step.ts";

/** What was observed is kept where people and the command line can read it; what was not stays as it was. */
export function recordConditions(
  { fleet, observations }: Pick<Snapshot, "fleet" | "observations">,
  now: Instant,
): readonly Step[] {
  if (fleet === null) return [];
  const kept = fleet.conditions.filter(({ type }) => !observations.some((one) => one.type === type));
  const fresh = observations.map((one): Condition => {
    const before = fleet.conditions.find(({ type }) => type === one.type);
    return { ...one, since: before?.isTrue === one.isTrue ? before.since : now };
  });
  const conditions = [...kept, ...fresh].sort((a, b) => (a.type < b.type ? -1 : 1));
  const shown = (all: readonly Condition[]): string =>
    all.map(({ type, isTrue, says }) => `${type} ${isTrue} ${says}`).join("\n");
  if (shown(conditions) === shown(fleet.conditions)) return [];
  return [{ kind: "RecordConditions", version: fleet.version, conditions }];
}
