import { membersOf } from "../fleet/member.ts";
import type { NodeName } from "../fleet/node.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import type { Hold } from "../holds/hold.ts";
import { DAY, type Duration, type Instant } from "../instant.ts";
import { type Plan, plan } from "../plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { Situation } from "../situation.ts";
import { asideOf } from "./aside.ts";
import { durationsOf } from "./durations.ts";
import { VirtualFleet } from "./virtual-fleet.ts";

/** What would become of one pending node if everything went well and nobody did anything. */
export type Forecast =
  | { readonly kind: "under way"; readonly ends: Instant }
  /** `ifApproved`: somebody has to say yes first. */
  | { readonly kind: "starts"; readonly at: Instant; readonly ends: Instant; readonly ifApproved: boolean }
  /** Time alone does not let it go. */
  | { readonly kind: "waits"; readonly why: Hold }
  /** Not as far ahead as was looked. */
  | { readonly kind: "later" };

/** How far one run looks. */
export interface Reach {
  readonly horizon: Duration;
  /** Turns of all nodes together that it may plan: its cost. */
  readonly nodesPlanned: number;
}

/** For the loop, which waits for it while its lease runs: half a second at most for some hundred nodes, about one for a thousand. */
export const NEAR: Reach = { horizon: 8 * DAY, nodesPlanned: 1_000 };
/** A large fleet is answered in seconds. */
const FAR: Reach = { horizon: 14 * DAY, nodesPlanned: 500_000 };
const TURNS_LEAST = 30;
const TURNS_MOST = 1_000;

/** `plan` run ahead, with durations learned from history (design, section 2). Computed on read, never stored. */
export function forecast(
  snapshot: Snapshot,
  policy: Policy | undefined,
  now: Instant,
  limits: Partial<Reach> = {},
): ReadonlyMap<NodeName, Forecast> {
  const reach = { ...FAR, ...limits };
  const aside = stepAside(snapshot, policy, now);
  const run = (one: Policy | undefined) => runAhead(snapshot, one, { now, reach, aside });
  const found = run(policy);
  const isAsked = [...found.values()].some((one) => one.kind === "waits" && one.why.kind === "approval");
  if (policy === undefined || !isAsked) return found;
  const approved = run(withoutApproval(policy));
  return new Map([...found].map(([name, one]) => [name, ifApproved(one, approved.get(name))]));
}

function ifApproved(found: Forecast, approved: Forecast | undefined): Forecast {
  if (found.kind !== "waits" || found.why.kind !== "approval" || approved === undefined) return found;
  return approved.kind === "starts" ? { ...approved, ifApproved: true } : approved;
}

const unasking = new WeakMap<Policy, Policy>();

/** The same object for the same policy: the windows that were laid out for it are kept with it. */
function withoutApproval(policy: Policy): Policy {
  const known = unasking.get(policy);
  if (known !== undefined) return known;
  const pools = policy.pools.map((pool) => (pool.mode === "approval" ? { ...pool, mode: "automatic" as const } : pool));
  const made = { ...policy, pools };
  unasking.set(policy, made);
  return made;
}

/** Nodes that are under way, and that the policy stops at once: so it is for whoever reads what another policy would do. */
function stepAside(snapshot: Snapshot, policy: Policy | undefined, now: Instant): ReadonlyMap<NodeName, NodeReboot> {
  const isUnderWay = [...snapshot.reboots.values()].some(({ phase }) => phase.kind !== "waiting");
  return isUnderWay ? asideOf(plan({ ...snapshot, gates: null }, NOTHING, policy, now)) : new Map();
}

interface Run {
  readonly now: Instant;
  readonly reach: Reach;
  readonly aside: ReadonlyMap<NodeName, NodeReboot>;
}

function runAhead(
  snapshot: Snapshot,
  policy: Policy | undefined,
  { now, reach: { horizon, nodesPlanned }, aside }: Run,
): ReadonlyMap<NodeName, Forecast> {
  const members = membersOf(snapshot, policy);
  const fleet = new VirtualFleet({ snapshot, members, lasts: durationsOf(members), aside, now });
  const found = new Map<NodeName, Forecast>(
    fleet.underWay().map(([name, ends]) => [name, { kind: "under way", ends }]),
  );
  const turns = Math.min(TURNS_MOST, Math.max(TURNS_LEAST, Math.floor(nodesPlanned / Math.max(1, members.length))));
  let at = now;
  let planned = plan(fleet.snapshot(), NOTHING, policy, at);
  for (let turn = 0; turn < turns; turn += 1) {
    for (const name of fleet.stepAside(planned, at)) found.delete(name);
    for (const [name, ends] of fleet.start(planned, at))
      found.set(name, { kind: "starts", at, ends, ifApproved: false });
    const next = Math.min(fleet.nextEnd(), planned.wakeAt ?? Number.POSITIVE_INFINITY);
    if (next > now + horizon || isSettled(planned, fleet, found)) break;
    at = next;
    fleet.endUntil(at);
    planned = plan(fleet.snapshot(), NOTHING, policy, at);
  }
  for (const [name, rest] of leftOver(planned)) if (!found.has(name)) found.set(name, rest);
  return found;
}

/** Nothing is under way, and time alone lets none of those that are left go: the days to come would all be alike. */
function isSettled({ nodes }: Plan, fleet: VirtualFleet, found: ReadonlyMap<NodeName, Forecast>): boolean {
  if (Number.isFinite(fleet.nextEnd())) return false;
  return [...nodes].every(([name, { situation, phase, holds }]) => {
    const isWaiting = phase.kind === "waiting" && situation.report?.pending != null;
    return !isWaiting || found.has(name) || isStuck(holds, situation);
  });
}

/** Held for good, or by nothing but what others do; past its deadline a pool's node may need no approval any more. */
function isStuck(holds: readonly Hold[], { pool }: Situation): boolean {
  const lasting = holds.filter(
    ({ kind, until }) => until === null && (kind !== "approval" || pool?.overdue.pastDeadline !== "automatic"),
  );
  return lasting.some(({ kind }) => !PASSING.has(kind)) || (holds.length > 0 && lasting.length === holds.length);
}

const NOTHING: ReadonlySet<string> = new Set();

/** What others' reboots alone keep it from is over in time. */
const PASSING: ReadonlySet<string> = new Set(["quorum", "after", "budget", "spread"]);

function leftOver({ nodes }: Plan): readonly (readonly [NodeName, Forecast])[] {
  return [...nodes].flatMap(([name, { situation, phase, holds }]): (readonly [NodeName, Forecast])[] => {
    if (phase.kind === "failed") {
      const says = `${name} has failed; see its card.`;
      return [[name, { kind: "waits", why: { kind: "node not ready", says, until: null } }]];
    }
    if (situation.report?.pending == null || phase.kind !== "waiting") return [];
    const why = holds.find(({ kind, until }) => until === null && !PASSING.has(kind));
    const passing = holds.find(({ kind }) => PASSING.has(kind));
    if (why !== undefined) return [[name, { kind: "waits", why }]];
    const isLasting = passing !== undefined && holds.every(({ until }) => until === null);
    return [[name, isLasting ? { kind: "waits", why: passing } : { kind: "later" }]];
  });
}
