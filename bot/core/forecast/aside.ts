import type { NodeName } from "../fleet/node.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { Plan } from "../plan.ts";

/** The nodes whose order the plan takes back, each with the record that it gets. */
export function asideOf({ steps }: Plan): ReadonlyMap<NodeName, NodeReboot> {
  return new Map(
    steps.flatMap((step) => (step.kind === "WithdrawOrder" ? [[step.next.node, step.next] as const] : [])),
  );
}
