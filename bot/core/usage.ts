import type { Slot } from "./fleet/fleet.ts";
import type { Member } from "./fleet/member.ts";
import { orderId } from "./fleet/order.ts";
import type { Snapshot } from "./fleet/snapshot.ts";

/** Whether an order could be made: its id needs a record and a boot ID. */
export function isOrderable({ reboot, node }: Member): boolean {
  return reboot !== null && node.bootId !== null;
}

/** The id that the node's next order will have. A hash, so it is not asked for where isOrderable will do. */
export function nextOrder(member: Member): string | null {
  if (member.reboot === null || member.node.bootId === null) return null;
  return orderId(member.node.uid, member.node.bootId, member.reboot.orders);
}

export function slotOf(snapshot: Snapshot, member: Member): Slot | null {
  return snapshot.fleet?.slots.find((slot) => slot.uid === member.node.uid) ?? null;
}

/**
 * The order that keeps this node taken whatever RebootFleet says: it is under way, or shows our cordon. A node that
 * yielded and whose cordon is proven lifted is free, and so is one that failed and serves again.
 */
export function holdsOrder(member: Member): string | null {
  const { cordon } = member.node;
  const phase = member.reboot?.phase;
  if (phase?.kind === "yielding" && isLifted(member)) return null;
  if (phase?.kind === "failed" && phase.freed && cordon.kind !== "ours") return null;
  if (phase !== undefined && phase.kind !== "waiting") return phase.order;
  return cordon.kind === "ours" ? cordon.order : null;
}

/** Nothing of the yielding order can cordon the node any more. */
export function isLifted(member: Member): boolean {
  const phase = member.reboot?.phase;
  if (phase?.kind !== "yielding") return false;
  const { cordon } = member.node;
  if (!phase.mayBeCordoned) return true;
  return (cordon.kind === "none" || cordon.kind === "foreign") && cordon.liftedFor === phase.order;
}

/** The uids of all nodes that have a slot or are under way. */
export function takenUids(snapshot: Snapshot, members: readonly Member[]): ReadonlySet<string> {
  const slots = snapshot.fleet?.slots.map(({ uid }) => uid) ?? [];
  const underWay = members.filter((member) => holdsOrder(member) !== null).map(({ node }) => node.uid);
  return new Set([...slots, ...underWay]);
}
