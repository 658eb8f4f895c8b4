import { pauseOf } from "./decide/pause.ts";
import { type Standing, standingOf } from "./decide/standing.ts";
import { blockersNow } from "./drain/blockers.ts";
import { forceOfPolicy } from "./drain/force-after.ts";
import type { Decision } from "./fleet/decision.ts";
import { closedByNamespace } from "./fleet/disruption-budget.ts";
import { type Member, membersOf } from "./fleet/member.ts";
import type { NodeName } from "./fleet/node.ts";
import type { Snapshot } from "./fleet/snapshot.ts";
import { judgeGates } from "./gates/judge.ts";
import { holdsOf } from "./holds/ordered.ts";
import type { Instant } from "./instant.ts";
import { withAsked } from "./on-demand.ts";
import type { Policy, Pool } from "./policy/policy.ts";
import { type FreezeTime, freezeAt, nextFreeze, nextOpening, openingAt, scheduleOf } from "./policy/schedule.ts";
import type { Opening } from "./policy/window.ts";
import { type QuorumMembers, quorumLack, quorumMembers } from "./quorum.ts";
import type { Situation } from "./situation.ts";
import type { StepKey } from "./step.ts";
import { takenUids } from "./usage.ts";

/** Every node with all that is looked at to decide about it, in the order of their names. */
export function situationsOf(
  snapshot: Snapshot,
  inFlight: ReadonlySet<StepKey>,
  policy: Policy | undefined,
  now: Instant,
): readonly Situation[] {
  const members = membersOf(snapshot, policy);
  const quorum = quorumMembers(snapshot);
  const taken = takenUids(snapshot, members);
  const closedBudgets = closedByNamespace(snapshot.budgets);
  const gates = judgeGates(
    snapshot,
    policy,
    members.filter(({ node }) => taken.has(node.uid)).map(({ node }) => node),
    now,
  );
  const pause = pauseOf(snapshot);
  const decisions = decisionsByNode(snapshot.decisions.values());
  const counting = { policy, people: snapshot.people, now };
  const hours = hoursByPool(policy, now);
  const alone = members.map((found): Situation => {
    const asked = standingOf(found, decisions.get(found.node.name) ?? [], counting);
    const member = withAsked(found, asked);
    const blockers = blockersNow(member, snapshot, now);
    const standing = { ...asked, force: strongest(asked.force, forceOfPolicy(member, blockers, policy, now)) };
    const times = timesOf(member.pool === null ? undefined : hours.get(member.pool), standing);
    return {
      ...member,
      ...times,
      snapshot,
      inFlight,
      policy,
      now,
      gates,
      pause,
      closedBudgets,
      blockers,
      standing,
      ahead: [],
      quorumLack: lackOf(member, quorum, taken),
    };
  });
  return policy?.pools.some(({ after }) => after.length > 0) ? withAhead(alone, policy, quorum) : alone;
}

/** People's, unless only the policy's names all that blocks. */
function strongest(ofPeople: Standing["force"], ofPolicy: Standing["force"]): Standing["force"] {
  if (ofPeople === null || ofPolicy === null) return ofPeople ?? ofPolicy;
  return [...ofPolicy.budgets].every((name) => ofPeople.budgets.has(name)) ? ofPeople : ofPolicy;
}

function decisionsByNode(decisions: Iterable<Decision>): ReadonlyMap<NodeName, readonly Decision[]> {
  const byNode = new Map<NodeName, Decision[]>();
  for (const decision of decisions) {
    for (const name of new Set(decision.targets.map(({ node }) => node))) {
      const known = byNode.get(name);
      if (known === undefined) byNode.set(name, [decision]);
      else known.push(decision);
    }
  }
  return byNode;
}

function lackOf({ node, pool }: Member, quorum: QuorumMembers, taken: ReadonlySet<string>): string | null {
  return pool === null ? null : quorumLack(node, pool, quorum, taken);
}

interface Times {
  readonly opening: Opening | null;
  readonly freeze: FreezeTime | null;
}

/** The same for all nodes of a pool. */
interface Hours extends Times {
  readonly nextFreeze: Instant;
}

function hoursByPool(policy: Policy | undefined, now: Instant): ReadonlyMap<Pool, Hours> {
  if (policy === undefined) return new Map();
  return new Map(
    policy.pools.map((pool) => {
      const schedule = scheduleOf(policy, pool);
      const next = nextFreeze(schedule, now)?.opens ?? Number.POSITIVE_INFINITY;
      return [pool, { opening: openingAt(schedule, now), freeze: freezeAt(schedule, now), nextFreeze: next }] as const;
    }),
  );
}

function timesOf(hours: Hours | undefined, { now }: Standing): Times {
  if (hours === undefined) return { opening: null, freeze: null };
  const { opening, freeze } = hours;
  if (opening !== null || now === null || freeze !== null) return { opening, freeze };
  return { opening: { opens: now.at, closes: Math.min(now.until, hours.nextFreeze) }, freeze };
}

/** Each node of a pool with `after` learns which nodes of those pools go first (design, section 4). */
function withAhead(situations: readonly Situation[], policy: Policy, quorum: QuorumMembers): readonly Situation[] {
  const byPool = new Map<string, readonly Ahead[]>();
  // For most pools nobody waits, and to look at all holds of their nodes is dear.
  const awaited = new Set(policy.pools.flatMap(({ after }) => after));
  for (const name of awaited) byPool.set(name, aheadIn(situations, name, quorum));
  const ofPool = new Map(
    policy.pools.map((pool) => {
      const closes = nextClose(situations, policy, pool);
      const names = pool.after.flatMap((name) => byPool.get(name) ?? []).filter(({ from }) => from < closes);
      return [pool.name, names.map(({ shown }) => shown)] as const;
    }),
  );
  return situations.map((situation) =>
    situation.pool === null || situation.pool.after.length === 0
      ? situation
      : { ...situation, ahead: ofPool.get(situation.pool.name) ?? [] },
  );
}

/** A node that others may have to wait for, and from when on it could go. */
interface Ahead {
  readonly shown: string;
  readonly from: Instant;
}

const NONE: ReadonlySet<string> = new Set();

const UNDER_WAY: ReadonlySet<string> = new Set(["preparing", "draining", "rebooting", "verifying"]);

function aheadIn(situations: readonly Situation[], pool: string, quorum: QuorumMembers): readonly Ahead[] {
  return situations.flatMap((situation) => {
    if (situation.pool?.name !== pool) return [];
    const { node, reboot, report, now } = situation;
    const phase = reboot?.phase.kind ?? "waiting";
    if (UNDER_WAY.has(phase)) return [{ shown: `${node.name} (${phase})`, from: now }];
    if (phase !== "waiting" || report?.pending == null) return [];
    // Members that are under way come back; those that are down may not.
    const from = lackOf(situation, quorum, NONE) === null ? couldGoFrom(situation) : null;
    return from === null ? [] : [{ shown: node.name, from }];
  });
}

/** A node that only time holds can go when that is over; one that is blocked, skipped or unapproved is not waited for. */
function couldGoFrom(situation: Situation): Instant | null {
  const holds = holdsOf(situation);
  const isTimed = holds.every(({ kind, until }) => (kind === "window" || kind === "freeze") && until !== null);
  return isTimed ? Math.max(situation.now, ...holds.map(({ until }) => until ?? situation.now)) : null;
}

function nextClose(situations: readonly Situation[], policy: Policy, pool: Pool): Instant {
  const [{ now } = { now: 0 }] = situations;
  const schedule = scheduleOf(policy, pool);
  return (openingAt(schedule, now) ?? nextOpening(schedule, now))?.closes ?? Number.POSITIVE_INFINITY;
}
