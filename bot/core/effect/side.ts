import { describeYield } from "../advance/yield-text.ts";
import type { Standing } from "../decide/standing.ts";
import type { NodeName } from "../fleet/node.ts";
import type { PhaseKind } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { asideOf } from "../forecast/aside.ts";
import { type Forecast, forecast, type Reach } from "../forecast/forecast.ts";
import { gateKey } from "../gates/judge.ts";
import type { Hold } from "../holds/hold.ts";
import type { Instant } from "../instant.ts";
import { type Plan, type PlannedNode, plan } from "../plan.ts";
import type { Policy, Pool } from "../policy/policy.ts";

/** One node under one policy. */
export interface Side {
  readonly pool: Pool | null;
  readonly phase: PhaseKind;
  readonly holds: readonly Hold[];
  readonly standing: Standing;
  /** Null for a node that needs no reboot. */
  readonly forecast: Forecast | null;
  /** Why it would give up what is under way at once, as the end of a sentence; null where it would not. */
  readonly stepsAside: string | null;
}

interface Looked {
  readonly snapshot: Snapshot;
  readonly now: Instant;
  readonly limits: Partial<Reach>;
}

/** All nodes as the bot would see them if this policy were the one in force. */
export function sidesOf(policy: Policy, inForce: Policy | undefined, looked: Looked): ReadonlyMap<NodeName, Side> {
  const { now, limits } = looked;
  const snapshot = withoutReadings(looked.snapshot, policy, inForce);
  const planned = plan(snapshot, new Set(), policy, now);
  const ahead = forecast(withBlockers(snapshot, planned, now), policy, now, limits);
  const aside = steppingAside(planned);
  const side = (name: NodeName, { situation, phase, holds }: PlannedNode): Side => ({
    pool: situation.pool,
    phase: phase.kind,
    holds,
    standing: situation.standing,
    forecast: ahead.get(name) ?? null,
    stepsAside: aside.get(name) ?? null,
  });
  return new Map([...planned.nodes].map(([name, node]) => [name, side(name, node)]));
}

/**
 * Gates are taken for what is on record of them, as the forecast does: that one was not read lately is nothing that lasts.
 * What is on record of a gate that is another one under this policy says nothing about it.
 */
function withoutReadings(snapshot: Snapshot, policy: Policy, inForce: Policy | undefined): Snapshot {
  const { fleet } = snapshot;
  const unread = new Set(unreadGates(policy, inForce));
  const gates = fleet?.gates.filter(({ name }) => !unread.has(name)) ?? [];
  return { ...snapshot, gates: null, fleet: fleet === null ? null : { ...fleet, gates } };
}

/** Names of gates that nobody has read yet, since no policy before had them as they are. */
export function unreadGates(policy: Policy, inForce: Policy | undefined): readonly string[] {
  const known = new Set(inForce?.gates.map(gateKey));
  return policy.gates.filter((gate) => !known.has(gateKey(gate))).map(({ name }) => name);
}

/** What stands in a drain's way depends on the pool's drain: it is put on record as the bot would do it. */
function withBlockers(snapshot: Snapshot, { nodes }: Plan, now: Instant): Snapshot {
  const reboots = new Map(snapshot.reboots);
  for (const [name, { situation, phase }] of nodes) {
    const { reboot, blockers } = situation;
    if (reboot === null || phase.kind !== "waiting" || blockers === reboot.blockers) continue;
    const blockedSince = blockers.length > 0 ? (reboot.blockedSince ?? now) : null;
    const next: NodeReboot = { ...reboot, blockers, blockedSince };
    reboots.set(name, next);
  }
  return { ...snapshot, reboots };
}

function steppingAside(planned: Plan): ReadonlyMap<NodeName, string> {
  return new Map(
    [...asideOf(planned)].flatMap(([name, { phase }]) =>
      phase.kind === "yielding" ? [[name, describeYield(phase.why)] as const] : [],
    ),
  );
}
