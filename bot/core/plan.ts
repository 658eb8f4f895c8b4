import type { Advance } from "./advance/advance.ts";
import { advance } from "./advance/by-phase.ts";
import { recordConditions } from "./conditions.ts";
import { decide } from "./decide/decide.ts";
import { isProvable } from "./decide/provenance.ts";
import { cleaning } from "./decide/spent.ts";
import { wantedPeople } from "./decide/wanted-people.ts";
import { blockersText } from "./drain/blockers-text.ts";
import { checksOf } from "./drain/checks.ts";
import { forceDueAt } from "./drain/force-after.ts";
import { restorations, restoredMoves } from "./drain/move.ts";
import type { Decision } from "./fleet/decision.ts";
import type { NodeName } from "./fleet/node.ts";
import type { Phase } from "./fleet/phase.ts";
import type { Snapshot } from "./fleet/snapshot.ts";
import type { JudgedGate } from "./gates/judge.ts";
import { recordGates } from "./gates/record.ts";
import { isReadingDue, type WantedReadings, wantedReadings } from "./gates/wanted.ts";
import { goesFirst } from "./goes-first.ts";
import { HOLD_KINDS, type Hold } from "./holds/hold.ts";
import { holdsOf } from "./holds/ordered.ts";
import type { Instant } from "./instant.ts";
import { discouragement } from "./node-marks.ts";
import { deadlineOf } from "./overdue.ts";
import type { AskedGate, Policy } from "./policy/policy.ts";
import { nextFreeze, scheduleOf } from "./policy/schedule.ts";
import { underPolicy } from "./policy/under-policy.ts";
import { quorumMembers } from "./quorum.ts";
import type { Recorded, Situation } from "./situation.ts";
import { situationsOf } from "./situations.ts";
import { type Planned, planSlots } from "./slots.ts";
import { type Step, type StepKey, stepKey } from "./step.ts";
import { isOrderable, slotOf } from "./usage.ts";

export interface PlannedNode {
  readonly situation: Situation;
  readonly phase: Phase;
  /** Why it waits; empty for a node that needs no reboot, may go, or is under way. */
  readonly holds: readonly Hold[];
}

export interface Plan {
  readonly nodes: ReadonlyMap<NodeName, PlannedNode>;
  readonly steps: readonly Step[];
  /** The gates of the whole cluster, as they were judged. */
  readonly gates: readonly JudgedGate[];
  /** Gates that are to be read now. */
  readonly wantReadings: readonly AskedGate[];
  /** Ids of Slack users who are to be looked up now: what they decided counts while they may decide it. */
  readonly wantPeople: readonly string[];
  /** When to plan again if nothing happens before. */
  readonly wakeAt: Instant | null;
}

/**
 * The one state machine: from all that is known to what is to be done now. Pure: the same input gives the same plan.
 * Steps whose key is in flight are left out; they are planned anew from what their answer shows.
 */
export function plan(
  snapshot: Snapshot,
  inFlight: ReadonlySet<StepKey>,
  policy: Policy | undefined,
  now: Instant,
): Plan {
  const situations = situationsOf(snapshot, inFlight, policy, now);
  const recorded: readonly Planned[] = situations
    .filter(isRecorded)
    .map((situation) => ({ situation, advance: advance(situation) }));
  const unrecorded = situations.filter(({ reboot }) => reboot === null);
  const slots =
    snapshot.fleet === null
      ? null
      : planSlots({
          fleet: snapshot.fleet,
          policy,
          all: recorded,
          unrecorded,
          quorum: quorumMembers(snapshot),
          now,
        });
  const advances = new Map(recorded.map((planned) => [planned.situation.node.name, planned.advance]));
  const nodes = new Map<NodeName, PlannedNode>();
  for (const situation of situations) {
    const { name } = situation.node;
    nodes.set(name, describe(situation, advances.get(name), slots?.holds.get(name) ?? []));
  }
  const checks = checksOf(
    recorded.map(({ situation }) => ({ situation, holds: nodes.get(situation.node.name)?.holds ?? [] })),
    goesFirst(policy),
  );
  const gates = situations[0]?.gates ?? [];
  const readings = readingsOf(snapshot, recorded, gates, now);
  const old = cleaning(snapshot, now);
  const people = wantedPeople(situations, now);
  const steps = [
    ...missingObjects(snapshot, situations),
    ...(slots?.step ? [slots.step] : []),
    ...recorded.flatMap(stepsOf),
    ...recorded.flatMap(({ situation }) => restorations(situation)),
    // Holds can wait until a slot has passed on: nothing is written in between, and the records stay as they were decided on.
    ...(slots?.step
      ? []
      : recorded.flatMap(({ situation }) => recordHolds(situation, nodes.get(situation.node.name)?.holds ?? []))),
    ...(slots?.step || policy === undefined ? [] : recordGates(snapshot, gates, now)),
    ...(slots?.step ? [] : recordConditions(snapshot, now)),
    ...judgements(snapshot, policy, now),
    ...old.steps,
    ...checks.steps,
    // Behind all else: a cordon or its lifting writes the same object, and goes first.
    ...recorded.flatMap(({ situation }) => discouragement(situation) ?? []),
  ];
  return {
    nodes,
    steps: firstOfEach(steps).filter((step) => !inFlight.has(stepKey(step))),
    gates,
    wantReadings: readings.gates,
    wantPeople: people.users,
    wakeAt: earliest(
      [
        ...readings.wakeAt,
        ...people.wakeAt,
        ...old.wakeAt,
        ...checks.wakeAt,
        ...recorded.flatMap((planned) => [...planned.advance.wakeAt, ...nextChanges(planned)]),
      ],
      now,
    ),
  };
}

function readingsOf(
  snapshot: Snapshot,
  recorded: readonly Planned[],
  gates: readonly JudgedGate[],
  now: Instant,
): WantedReadings {
  const waiting = recorded.filter(
    ({ situation }) => situation.reboot.phase.kind === "waiting" && situation.report?.pending != null,
  );
  const isDue =
    recorded.some(isToBeProvenWell) ||
    isReadingDue(
      snapshot,
      waiting.map(({ advance }) => advance.holds),
    );
  return isDue ? wantedReadings(snapshot, gates, now) : { gates: [], wakeAt: [] };
}

/** It has no slot any more, and its failure ends once the gates were green. */
const isToBeProvenWell = ({ situation: { reboot } }: Planned): boolean =>
  reboot.phase.kind === "failed" && reboot.phase.freed && reboot.phase.cause.kind === "not healthy after reboot";

/** What comes first goes first; the rest of an object's steps are planned anew from the answer. */
function firstOfEach(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<StepKey>();
  return steps.filter((step) => {
    const isFirst = !seen.has(stepKey(step));
    seen.add(stepKey(step));
    return isFirst;
  });
}

const isRecorded = (situation: Situation): situation is Recorded => situation.reboot !== null;

function describe(situation: Situation, done: Advance | undefined, roomHolds: readonly Hold[]): PlannedNode {
  const phase = situation.reboot?.phase ?? { kind: "waiting" as const };
  return { situation, phase, holds: inOrder([...(done?.holds ?? unrecordedHolds(situation)), ...roomHolds]) };
}

const RANKS = new Map(HOLD_KINDS.map((kind, rank) => [kind, rank]));

const inOrder = (holds: readonly Hold[]): readonly Hold[] =>
  holds.length < 2 ? holds : [...holds].sort((a, b) => (RANKS.get(a.kind) ?? 0) - (RANKS.get(b.kind) ?? 0));

const unrecordedHolds = (situation: Situation): readonly Hold[] =>
  situation.report?.pending == null ? [] : holdsOf(situation);

/** Every node gets its two objects, bound to its uid, and the fleet its one. */
function missingObjects(snapshot: Snapshot, situations: readonly Situation[]): readonly Step[] {
  const steps: Step[] = snapshot.fleet === null ? [{ kind: "CreateFleet" }] : [];
  for (const { node } of situations) {
    if (!snapshot.reports.has(node.name)) steps.push({ kind: "CreateReport", node: node.name, uid: node.uid });
    if (!snapshot.reboots.has(node.name)) steps.push({ kind: "CreateReboot", node: node.name, uid: node.uid });
  }
  return steps;
}

/** Nothing of a phase is done before its slot is written: the slots are the truth about what may be touched. */
function stepsOf({ situation, advance }: Planned): readonly Step[] {
  const { reboot, snapshot, node } = situation;
  if (reboot.phase.kind === "waiting") {
    const dead = deadCordon(situation);
    return dead === null ? advance.steps : [dead];
  }
  const { phase } = reboot;
  const isSafe =
    ["preparing", "yielding", "verifying"].includes(phase.kind) || (phase.kind === "failed" && phase.freed);
  if (!isSafe && slotOf(snapshot, situation)?.order !== phase.order) return [];
  return node.uid === reboot.nodeUid ? advance.steps : [];
}

/** Our cordon for an order that is not alive is lifted. */
function deadCordon({ node, reboot }: Recorded): Step | null {
  const { cordon } = node;
  if (reboot.phase.kind !== "waiting" || (cordon.kind !== "ours" && cordon.kind !== "undone")) return null;
  return { kind: "Uncordon", node: node.name, uid: node.uid, order: cordon.order, labels: null, keeps: false };
}

/** Holds are stored for kubectl when their kinds change; sentences are made on read. */
function recordHolds(situation: Recorded, holds: readonly Hold[]): readonly Step[] {
  const { reboot, pool, report, blockers, now } = situation;
  if (reboot.phase.kind !== "waiting") return [];
  const kinds = (list: readonly { kind: string }[]) => list.map(({ kind }) => kind).join();
  const poolName = pool?.name ?? null;
  const isSamePool = poolName === reboot.pool || report?.pending == null;
  const moves = restoredMoves(situation);
  const isSame = isSamePool && blockers === reboot.blockers && moves === reboot.moves;
  if (kinds(holds) === kinds(reboot.holds) && isSame) return [];
  const next = {
    ...reboot,
    pool: poolName,
    holds: holds.map(({ kind, until }) => ({ kind, until })),
    blockers,
    moves,
    blockedSince:
      blockers.length > 0 ? (reboot.blockedSince ?? now) : isBetweenTries(situation) ? reboot.blockedSince : null,
  };
  const says =
    blockers === reboot.blockers || blockers.length === 0 ? "" : `would be blocked: ${blockersText(blockers)}`;
  return [{ kind: "RecordHolds", version: reboot.version, next, says, under: underPolicy(situation.policy) }];
}

/**
 * A drain may close a budget by what it evicts, and its uncordon opens it again: between two such tries nothing is in the
 * way, and yet the node has been blocked all the while.
 */
function isBetweenTries({ reboot, now }: Recorded): boolean {
  const { outcome, retryAt } = reboot;
  return outcome?.kind === "yielded" && outcome.why.kind === "blocked" && retryAt !== null && now < retryAt;
}

/**
 * One at a time and oldest first, so that each is judged with the ones before it in force. The server's times are whole
 * seconds: of one second, what holds up is judged last, so that a yes given at the same moment does not outlive it.
 */
function judgements(snapshot: Snapshot, policy: Policy | undefined, now: Instant): readonly Step[] {
  const open = [...snapshot.decisions.values()].filter(
    (decision) => decision.judgement === null && isProvable(decision, snapshot),
  );
  const isLast = ({ verb }: Decision): number => Number(verb === "withdraw" || verb === "pause");
  const first = open.sort(
    (a, b) => a.createdAt - b.createdAt || isLast(a) - isLast(b) || (a.name < b.name ? -1 : 1),
  )[0];
  if (first === undefined) return [];
  return [
    {
      kind: "Judge",
      decision: first.name,
      version: first.version,
      judgement: decide(first, snapshot, policy, now),
    },
  ];
}

/** Times at which a hold may end or begin without any event. */
function nextChanges({ situation }: Planned): readonly Instant[] {
  const { opening, standing, report, snapshot, policy, pool, now } = situation;
  const ends = [...standing.approvals, ...standing.forces].flatMap(({ validUntil }) => validUntil ?? []);
  if (standing.skip !== null) ends.push(standing.skip.until);
  if (opening !== null && Number.isFinite(opening.closes)) ends.push(opening.closes);
  if (policy !== undefined && pool !== null) ends.push(nextFreeze(scheduleOf(policy, pool), now)?.opens ?? now);
  ends.push(deadlineOf(situation) ?? now, forceDueAt(situation) ?? now);
  if (report?.heartbeat != null && isOrderable(situation)) ends.push(report.heartbeat + snapshot.timings.agentSilent);
  return ends;
}

function earliest(times: readonly Instant[], now: Instant): Instant | null {
  const later = times.filter((at) => at > now && Number.isFinite(at));
  return later.length === 0 ? null : later.reduce((a, b) => Math.min(a, b));
}
