import type { Node } from "./fleet/node.ts";
import type { PhaseKind } from "./fleet/phase.ts";
import type { Taint } from "./fleet/placement.ts";
import type { Situation } from "./situation.ts";
import type { Step } from "./step.ts";

/** Evicted pods avoid the nodes that go next: the scheduler prefers others, and takes this one where there is no other. */
export const REBOOT_PENDING: Taint = { key: "bootswain.dev/reboot-pending", value: "", effect: "PreferNoSchedule" };

/** The server tells taints apart by key and effect. */
export const isRebootPending = ({ key, effect }: Pick<Taint, "key" | "effect">): boolean =>
  key === REBOOT_PENDING.key && effect === REBOOT_PENDING.effect;

const isDiscouraged = ({ taints }: Node): boolean => taints.some(isRebootPending);

/** Once the order is out the reboot is on its way, and nothing is pending any more as far as the scheduler may care. */
const AFTER_ORDER: ReadonlySet<PhaseKind> = new Set(["rebooting", "verifying", "failed"]);

/** A node that yields waits for its next try, so it keeps the taint. */
export function wantsTaint({ report, reboot, pool, policy, standing }: Situation): boolean {
  if (policy === undefined || pool === null || pool.mode === "observe" || !pool.discourageScheduling) return false;
  if (report?.pending == null || standing.skip !== null) return false;
  return reboot === null || !AFTER_ORDER.has(reboot.phase.kind);
}

/**
 * The write that makes the node's taint what is wanted; null for none. Without a policy all is left as it is, so that a bot
 * that has not read it yet changes no node. After the order the uncordon takes the taint, in its own write: until then the
 * cordon keeps pods away, and a write of its own would bring nothing.
 */
export function discouragement(situation: Situation): Extract<Step, { kind: "Discourage" }> | null {
  const { node, reboot, policy } = situation;
  if (policy === undefined || reboot === null || AFTER_ORDER.has(reboot.phase.kind)) return null;
  const wanted = wantsTaint(situation);
  // Where someone else keeps pods away the taint would bring nothing.
  if (wanted && node.cordon.kind === "foreign") return null;
  return wanted === isDiscouraged(node) ? null : { kind: "Discourage", node: node.name, uid: node.uid, wanted };
}
