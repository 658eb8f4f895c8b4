import type { Check } from "../fleet/check.ts";
import type { PhaseOf } from "../fleet/phase.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import type { Recorded } from "../situation.ts";
import type { Sieve } from "./filter.ts";

/** The drain under way that a pod is looked at for. */
export interface Drainage {
  readonly snapshot: Snapshot;
  readonly sieve: Sieve;
  readonly order: string;
  /** When the drain began. */
  readonly since: Instant;
}

/** A node in its drain. */
export interface Draining {
  readonly situation: Recorded;
  readonly phase: PhaseOf<"draining">;
}

/** The look at the pods that was made for this drain, after its cordon. */
export function checkOfDrain({ situation, phase }: Draining): Check | null {
  const check = situation.snapshot.checks?.get(situation.node.name);
  return check?.order === phase.order ? check : null;
}
