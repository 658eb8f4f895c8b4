import type { OrderId } from "../fleet/node.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { Instant } from "../instant.ts";
import type { Pool } from "../policy/policy.ts";

interface Begun {
  readonly order: OrderId;
  readonly fromBootId: string;
  readonly pool: Pool | null;
  readonly since: Instant;
}

/**
 * A record of a drain in which nothing stands in the way: all that stops it is what stops any. Its mode is none, since with
 * approval granted all pools are run ahead as automatic ones.
 */
export function asDraining(reboot: NodeReboot, { order, fromBootId, pool, since }: Begun): NodeReboot {
  const empty = { refused: [], onlyRefusedSince: null, emptySince: null, forcedBy: null };
  const phase = { kind: "draining", order, fromBootId, since, ...empty } as const;
  return { ...reboot, phase, phaseSince: since, pool: pool?.name ?? reboot.pool, mode: null };
}

/** From the order on: only the time is still to pass. */
export function asVerifying(reboot: NodeReboot, now: Instant): NodeReboot {
  if (reboot.phase.kind !== "draining") return reboot;
  const { order, fromBootId } = reboot.phase;
  return {
    ...reboot,
    phase: { kind: "verifying", order, fromBootId, bootId: "", since: now, soakingSince: null },
  };
}
