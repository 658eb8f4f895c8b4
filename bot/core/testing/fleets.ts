import type { Slot } from "../fleet/fleet.ts";
import type { Node } from "../fleet/node.ts";
import { orderId } from "../fleet/order.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import { HOUR } from "../instant.ts";
import type { Plan } from "../plan.ts";
import { aNode, aReboot, aReport, type Parts } from "./builders.ts";
import { NOW } from "./now.ts";
import { stepOf } from "./phases.ts";

export const slot = (node: string, order = orderOf(node), uid = `uid-${node}`): Slot => ({ node, uid, order });
export const orderOf = (node: string, orders = 0): string => orderId(`uid-${node}`, "boot-1", orders);
export const aFleetWith = (...slots: readonly Slot[]) => ({
  version: "1",
  paused: null,
  slots,
  policy: null,
  gates: [],
  conditions: [],
  lookAgain: null,
});

/** Pending nodes of these names; `changes` to the records and nodes by name. */
export function fleetOf(
  names: readonly string[],
  changes: {
    readonly reboots?: Readonly<Record<string, Partial<NodeReboot>>>;
    readonly nodes?: Readonly<Record<string, Partial<Node>>>;
    readonly since?: Readonly<Record<string, number>>;
  } = {},
): Parts {
  return {
    nodes: names.map((name) => aNode({ name, ...changes.nodes?.[name] })),
    reboots: names.map((node) => aReboot({ node, ...changes.reboots?.[node] })),
    reports: names.map((node) => {
      const since = changes.since?.[node] ?? NOW - HOUR;
      return aReport({ node, pending: { since, reasons: aReport().pending?.reasons ?? [] } });
    }),
  };
}

/** The nodes that get a slot in this plan. */
export const takers = (plan: Plan): readonly string[] => stepOf(plan, "SetSlots")?.taken.map(({ node }) => node) ?? [];
/** The nodes that have one after it. */
export const slots = (plan: Plan): readonly string[] => stepOf(plan, "SetSlots")?.slots.map(({ node }) => node) ?? [];
