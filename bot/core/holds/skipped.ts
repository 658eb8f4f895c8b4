import { wallClock } from "../instant.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function skipped({ standing, node, policy, now }: Situation): Hold | null {
  if (standing.skip === null) return null;
  const end = wallClock(standing.skip.until, policy?.timeZone ?? "utc", now);
  return {
    kind: "skipped",
    says: `${standing.skip.person} skipped ${node.name} until ${end}.`,
    until: standing.skip.until,
  };
}
