import type { Advance } from "./advance/advance.ts";
import { wantsSlot } from "./advance/waiting.ts";
import { triesIn } from "./advance/yield.ts";
import type { Fleet, Slot } from "./fleet/fleet.ts";
import type { Member } from "./fleet/member.ts";
import { budget } from "./holds/budget.ts";
import type { Hold } from "./holds/hold.ts";
import type { Policy } from "./policy/policy.ts";
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
  /** The hold of each node that could go but for the budget, by node name. */
  readonly holds: ReadonlyMap<string, Hold>;
}

/**
 * Who has a slot from now on. Slots are kept for as long as their order is alive, restored for nodes that are under way
 * without one (a lost RebootFleet), and the room that is left goes to the nodes that want it, first come by `goesFirst`.
 */
export function planSlots(
  fleet: Fleet,
  policy: Policy | undefined,
  all: readonly Planned[],
  unrecorded: readonly Member[],
): SlotPlan {
  const kept = fleet.slots.filter((slot) => isUnknown(slot, unrecorded) || isAlive(slot, all));
  const members = [...unrecorded, ...all.map(({ situation }) => situation)];
  const restored = members.flatMap((member) => restore(member, kept));
  const inUse = [...kept, ...restored];
  const wanting = all.filter((planned) => wants(planned, inUse)).sort(goesFirst(policy));
  const room = Math.max(0, (policy?.maxRebooting ?? 0) - inUse.length);
  const taken = wanting.slice(0, room).flatMap(({ situation }) => newSlot(situation));
  const slots = [...inUse, ...taken];
  const freed = fleet.slots.filter((slot) => !kept.includes(slot));
  const changed = freed.length + restored.length + taken.length > 0;
  const users = slots.map((slot) => describeUser(slot, all));
  return {
    step: changed ? { kind: "SetSlots", version: fleet.version, slots, freed, taken } : null,
    holds: new Map(wanting.slice(room).map(({ situation }) => [situation.node.name, budgetHold(policy, users)])),
  };
}

const budgetHold = (policy: Policy | undefined, users: readonly string[]): Hold =>
  policy === undefined ? { kind: "no policy", says: "There is no good policy.", until: null } : budget(policy, users);

/** A node that lost its record may be cordoned under its slot: the slot stays until a new record shows whether it is. */
const isUnknown = (slot: Slot, unrecorded: readonly Member[]): boolean =>
  unrecorded.some(({ node }) => node.uid === slot.uid);

/** A slot whose node is gone, or whose order has ended, is reaped. */
function isAlive(slot: Slot, all: readonly Planned[]): boolean {
  const planned = all.find(({ situation }) => situation.node.uid === slot.uid);
  if (planned === undefined) return false;
  const { situation, advance } = planned;
  if (holdsOrder(situation) === slot.order) return true;
  const isNew = situation.reboot.phase.kind === "waiting" && nextOrder(situation) === slot.order;
  return isNew && situation.report?.pending != null && advance.holds.length === 0;
}

/** A node whose preparation lost its slot gives up by itself: nothing of it was touched. */
function restore(member: Member, kept: readonly Slot[]): readonly Slot[] {
  const { node, reboot } = member;
  const order = holdsOrder(member);
  if (order === null || reboot?.phase.kind === "preparing" || kept.some(({ uid }) => uid === node.uid)) return [];
  return [{ node: node.name, uid: node.uid, order }];
}

function wants({ situation, advance }: Planned, inUse: readonly Slot[]): boolean {
  return wantsSlot(situation, advance) && !inUse.some(({ uid }) => uid === situation.node.uid);
}

function newSlot(situation: Recorded): readonly Slot[] {
  const order = nextOrder(situation);
  return order === null ? [] : [{ node: situation.node.name, uid: situation.node.uid, order }];
}

/** Fewest tries in this opening; the pools' order in the file; longest pending; name (design, section 5). */
function goesFirst(policy: Policy | undefined): (a: Planned, b: Planned) => number {
  const key = ({ situation }: Planned): readonly [number, number, number] => [
    triesIn(situation.reboot, situation.opening?.opens ?? null),
    policy?.pools.findIndex(({ name }) => name === situation.pool?.name) ?? 0,
    situation.report?.pending?.since ?? 0,
  ];
  return (a, b) => {
    const left = key(a);
    const right = key(b);
    const differs = left.findIndex((value, index) => value !== right[index]);
    if (differs !== -1) return (left[differs] ?? 0) - (right[differs] ?? 0);
    return a.situation.node.name < b.situation.node.name ? -1 : 1;
  };
}

function describeUser(slot: Slot, all: readonly Planned[]): string {
  const phase = all.find(({ situation }) => situation.node.uid === slot.uid)?.situation.reboot.phase.kind;
  return phase === undefined || phase === "waiting" ? slot.node : `${slot.node} (${phase})`;
}
