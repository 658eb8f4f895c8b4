import type { Pause } from "./decide/pause.ts";
import type { Standing } from "./decide/standing.ts";
import type { DisruptionBudget } from "./fleet/disruption-budget.ts";
import type { Member } from "./fleet/member.ts";
import type { Refusal } from "./fleet/phase.ts";
import type { NodeReboot } from "./fleet/reboot.ts";
import type { Snapshot } from "./fleet/snapshot.ts";
import type { JudgedGate } from "./gates/judge.ts";
import type { Instant } from "./instant.ts";
import type { Policy } from "./policy/policy.ts";
import type { FreezeTime } from "./policy/schedule.ts";
import type { Opening } from "./policy/window.ts";
import type { StepKey } from "./step.ts";

/** All that is looked at to decide about one node. */
export interface Situation extends Member {
  readonly snapshot: Snapshot;
  readonly policy: Policy | undefined;
  readonly inFlight: ReadonlySet<StepKey>;
  readonly now: Instant;
  /** The opening that `now` is in: of the pool's windows without its freezes, or one that people made by `now`. */
  readonly opening: Opening | null;
  readonly freeze: FreezeTime | null;
  /** Names of nodes, as they are shown, that go before this one by the pool's `after`. */
  readonly ahead: readonly string[];
  /** Why losing it would cost the cluster's quorum, as the end of a sentence. */
  readonly quorumLack: string | null;
  /** All reboots are stopped; the same for all nodes. */
  readonly pause: Pause | null;
  /** The gates of the whole cluster; the same for all nodes. */
  readonly gates: readonly JudgedGate[];
  /** Budgets that allow nothing now, by namespace; the same for all nodes. */
  readonly closedBudgets: ReadonlyMap<string, readonly DisruptionBudget[]>;
  /** What a drain of it would meet, as far as is known; what its drain meets is in its phase. */
  readonly blockers: readonly Refusal[];
  /** What people's decisions amount to for this node now. */
  readonly standing: Standing;
}

/** A situation of a node whose NodeReboot exists. */
export interface Recorded extends Situation {
  readonly reboot: NodeReboot;
}
