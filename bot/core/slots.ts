import type { Advance } from "./advance/advance.ts";
import { mayGo } from "./advance/waiting.ts";
import { isBeingLookedAt, isCleared } from "./drain/checks.ts";
import type { Fleet, Slot } from "./fleet/fleet.ts";
import type { Member } from "./fleet/member.ts";
import { goesFirst } from "./goes-first.ts";
import type { Hold } from "./holds/hold.ts";
import type { Instant } from "./instant.ts";
import type { Policy } from "./policy/policy.ts";
import type { QuorumMembers } from "./quorum.ts";
import { Room } from "./room.ts";
import type { Recorded } from "./situation.ts";
import type { Step } from "./step.ts";
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
  const first = goesFirst(policy);
  const wanting = all.filter((planned) => wants(planned, inUse)).sort((a, b) => first(a.situation, b.situation));
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
 * one may make room for one that was passed (spreadOver), so it goes on until a round takes none. One whose pods are being
 * looked at keeps its place for that moment, else whoever was looked at before would go first.
 */
function share(wanting: readonly Planned[], room: Room): { taken: readonly Slot[]; holds: SlotPlan["holds"] } {
  const taken: Slot[] = [];
  let kept = 0;
  let waiting = wanting;
  for (let before = -1; before < taken.length + kept; ) {
    before = taken.length + kept;
    waiting = waiting.filter(({ situation }) => {
      const { node, pool } = situation;
      if (pool === null || room.refuses(node, pool).length > 0) return true;
      const isReady = isCleared(situation);
      room.take(node, pool, isReady ? node.name : `${node.name} (its pods are looked at)`);
      if (isReady) taken.push(...newSlot(situation));
      else kept += 1;
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
  if (!mayGo(situation, advance) || inUse.has(situation.node.uid)) return false;
  return isCleared(situation) || isBeingLookedAt(situation);
}

function newSlot(situation: Recorded): readonly Slot[] {
  const order = nextOrder(situation);
  return order === null ? [] : [{ node: situation.node.name, uid: situation.node.uid, order }];
}

function describeUser(slot: Slot, planned: Planned | undefined): string {
  const phase = planned?.situation.reboot.phase.kind;
  return phase === undefined || phase === "waiting" ? slot.node : `${slot.node} (${phase})`;
}
