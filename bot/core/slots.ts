import type { Advance } from "./advance/advance.ts";
import { wantsSlot } from "./advance/waiting.ts";
import type { Fleet, Slot } from "./fleet/fleet.ts";
import type { Member } from "./fleet/member.ts";
import type { Hold } from "./holds/hold.ts";
import type { Instant } from "./instant.ts";
import { isOverdue } from "./overdue.ts";
import type { Policy, Pool } from "./policy/policy.ts";
import type { QuorumMembers } from "./quorum.ts";
import { Room } from "./room.ts";
import type { Recorded } from "./situation.ts";
import type { Step } from "./step.ts";
import { triesIn } from "./tries.ts";
import { holdsOrder, nextOrder } from "./usage.ts";

/** A node with what its phase wants. */
export interface Planned {
  readonly situation: Recorded;
  readonly advance: Advance;
}

export interface SlotPlan {
  readonly step: Step | null;
  /** Why nodes that could go by themselves have to wait for others, by node name. */
  readonly holds: ReadonlyMap<string, readonly Hold[]>;
}

interface SlotParts {
  readonly quorum: QuorumMembers;
  readonly fleet: Fleet;
  readonly policy: Policy | undefined;
  readonly all: readonly Planned[];
  readonly unrecorded: readonly Member[];
  readonly now: Instant;
}

/**
 * Who has a slot from now on. Slots are kept for as long as their order is alive, restored for nodes that are under way
 * without one (a lost RebootFleet), and the room that is left goes to the nodes that want it, first come by `goesFirst`.
 */
export function planSlots({ fleet, policy, all, unrecorded, quorum, now }: SlotParts): SlotPlan {
  const byUid = new Map(all.map((planned) => [planned.situation.node.uid, planned]));
  const kept = fleet.slots.filter((slot) => isUnknown(slot, unrecorded) || isAlive(slot, byUid.get(slot.uid)));
  const members = [...unrecorded, ...all.map(({ situation }) => situation)];
  const keptUids = new Set(kept.map(({ uid }) => uid));
  const restored = members.flatMap((member) => restore(member, keptUids));
  const inUse = new Map([...kept, ...restored].map((slot) => [slot.uid, describeUser(slot, byUid.get(slot.uid))]));
  const wanting = all.filter((planned) => wants(planned, inUse)).sort(goesFirst(policy));
  const room = new Room({ policy, members, quorum, inUse, now });
  const { taken, holds } = share(wanting, room);
  const slots = [...kept, ...restored, ...taken];
  const freed = fleet.slots.filter((slot) => !kept.includes(slot));
  const changed = freed.length + restored.length + taken.length > 0;
  return {
    step: changed ? { kind: "SetSlots", version: fleet.version, slots, freed, taken } : null,
    holds: new Map([...holds, ...quorumHolds(all, holds, room)]),
  };
}

/** Of those that wait for something else first: that the quorum would not let them go either. */
function quorumHolds(
  all: readonly Planned[],
  known: ReadonlyMap<string, readonly Hold[]>,
  room: Room,
): readonly (readonly [string, readonly Hold[]])[] {
  return all.flatMap(({ situation, advance }) => {
    const { node, pool } = situation;
    if (advance.holds.length === 0 || pool === null || known.has(node.name)) return [];
    if (advance.holds.some(({ kind }) => kind === "quorum")) return [];
    const hold = room.quorumHold(node, pool);
    return hold === null ? [] : [[node.name, [hold]] as const];
  });
}

/**
 * One after the other, so that what one takes is no longer there for the next; who has to wait lets others pass. Taking
 * one may make room for one that was passed (spreadOver), so it goes on until a round takes none.
 */
function share(wanting: readonly Planned[], room: Room): { taken: readonly Slot[]; holds: SlotPlan["holds"] } {
  const taken: Slot[] = [];
  let waiting = wanting;
  for (let before = -1; before < taken.length; ) {
    before = taken.length;
    waiting = waiting.filter(({ situation }) => {
      const { node, pool } = situation;
      if (pool === null || room.refuses(node, pool).length > 0) return true;
      room.take(node, pool);
      taken.push(...newSlot(situation));
      return false;
    });
  }
  const holds = waiting.map(
    ({ situation: { node, pool } }) => [node.name, pool === null ? [] : room.refuses(node, pool)] as const,
  );
  return { taken, holds: new Map(holds) };
}

/** A node that lost its record may be cordoned under its slot: the slot stays until a new record shows whether it is. */
const isUnknown = (slot: Slot, unrecorded: readonly Member[]): boolean =>
  unrecorded.some(({ node }) => node.uid === slot.uid);

/** A slot whose node is gone, or whose order has ended, is reaped. */
function isAlive(slot: Slot, planned: Planned | undefined): boolean {
  if (planned === undefined) return false;
  const { situation, advance } = planned;
  if (holdsOrder(situation) === slot.order) return true;
  const isNew = situation.reboot.phase.kind === "waiting" && nextOrder(situation) === slot.order;
  return isNew && situation.report?.pending != null && advance.holds.length === 0;
}

/** A node whose preparation lost its slot gives up by itself: nothing of it was touched. */
function restore(member: Member, kept: ReadonlySet<string>): readonly Slot[] {
  const { node, reboot } = member;
  const order = holdsOrder(member);
  if (order === null || reboot?.phase.kind === "preparing" || kept.has(node.uid)) return [];
  return [{ node: node.name, uid: node.uid, order }];
}

function wants({ situation, advance }: Planned, inUse: ReadonlyMap<string, string>): boolean {
  return wantsSlot(situation, advance) && !inUse.has(situation.node.uid);
}

function newSlot(situation: Recorded): readonly Slot[] {
  const order = nextOrder(situation);
  return order === null ? [] : [{ node: situation.node.name, uid: situation.node.uid, order }];
}

/** Fewest tries in this opening; past its deadline; the pools' order; longest pending; name (design, section 5). */
function goesFirst(policy: Policy | undefined): (a: Planned, b: Planned) => number {
  const ranks = rankPools(policy?.pools ?? []);
  const keys = new Map<Planned, readonly [number, number, number, number]>();
  const key = (planned: Planned): readonly number[] => {
    const known = keys.get(planned);
    if (known !== undefined) return known;
    const { situation } = planned;
    const made = [
      triesIn(situation.reboot, situation.opening?.opens ?? null),
      isOverdue(situation) ? 0 : 1,
      ranks.get(situation.pool?.name ?? "") ?? 0,
      situation.report?.pending?.since ?? 0,
    ] as const;
    keys.set(planned, made);
    return made;
  };
  return (a, b) => {
    const left = key(a);
    const right = key(b);
    const differs = left.findIndex((value, index) => value !== right[index]);
    if (differs !== -1) return (left[differs] ?? 0) - (right[differs] ?? 0);
    return a.situation.node.name < b.situation.node.name ? -1 : 1;
  };
}

/** A pool comes after those that its `after` lists, else in the order of the file. */
function rankPools(pools: readonly Pool[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const visit = (pool: Pool, above: readonly string[]): void => {
    if (ranks.has(pool.name) || above.includes(pool.name)) return;
    for (const name of pool.after) {
      const before = pools.find((one) => one.name === name);
      if (before !== undefined) visit(before, [...above, pool.name]);
    }
    ranks.set(pool.name, ranks.size);
  };
  for (const pool of pools) visit(pool, []);
  return ranks;
}

function describeUser(slot: Slot, planned: Planned | undefined): string {
  const phase = planned?.situation.reboot.phase.kind;
  return phase === undefined || phase === "waiting" ? slot.node : `${slot.node} (${phase})`;
}
