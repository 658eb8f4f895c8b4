import type { Weighed } from "../effect.ts";
import { budgetsRaised } from "./budgets-raised.ts";
import { drainLoosened } from "./drain-loosened.ts";
import { emptyPool } from "./empty-pool.ts";
import { forceAfter } from "./force-after.ts";
import { freezeLifted } from "./freeze-lifted.ts";
import { gateRemoved } from "./gate-removed.ts";
import { hookRemoved } from "./hook-removed.ts";
import { modeLoosened } from "./mode-loosened.ts";
import { neverOpens } from "./never-opens.ts";
import { noPool } from "./no-pool.ts";
import { otherCluster } from "./other-cluster.ts";
import { overdueAutomatic } from "./overdue-automatic.ts";
import { quorumNone } from "./quorum-none.ts";
import { rightsWidened } from "./rights-widened.ts";
import { startsAtOnce } from "./starts-at-once.ts";
import { underWay } from "./under-way.ts";
import { zoneChanged } from "./zone-changed.ts";

const CHECKS: readonly ((effect: Weighed) => readonly string[])[] = [
  otherCluster,
  startsAtOnce,
  underWay,
  noPool,
  emptyPool,
  neverOpens,
  zoneChanged,
  modeLoosened,
  overdueAutomatic,
  rightsWidened,
  forceAfter,
  budgetsRaised,
  quorumNone,
  gateRemoved,
  freezeLifted,
  drainLoosened,
  hookRemoved,
];

/** What is worth a reviewer's eye: first what happens at once and what is most likely a slip, then what is loosened. */
export function warningsOf(effect: Weighed): readonly string[] {
  return CHECKS.flatMap((check) => check(effect));
}
