import { blockersOf } from "../decide/digest.ts";
import { allAllow } from "../fleet/disruption-budget.ts";
import { wallClock } from "../instant.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Lifted at its time, by a person, or as soon as every budget that blocked the node would allow an eviction. */
export function backOff(situation: Situation): Hold | null {
  const { reboot, node, now, standing, snapshot, policy } = situation;
  if (reboot === null || reboot.retryAt === null || now >= reboot.retryAt) return null;
  const outcomeAt = reboot.outcome?.at ?? 0;
  if (standing.retriedAt !== null && standing.retriedAt > outcomeAt) return null;
  if (standing.force !== null || standing.now !== null) return null;
  const blockers = blockersOf(reboot);
  if (blockers.length > 0 && allAllow(blockers, snapshot.budgets)) return null;
  const end = wallClock(reboot.retryAt, policy?.timeZone ?? "utc", now);
  const cause = blockers.length === 0 ? "its last try ended early" : `PDB ${blockers.join(", ")} blocked its drain`;
  const sooner = blockers.length === 0 ? "" : ", or as soon as that changes";
  return { kind: "back-off", says: `${node.name} waits: ${cause}. Next try ${end}${sooner}.`, until: reboot.retryAt };
}
