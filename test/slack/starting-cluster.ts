import type { Duration } from "../../bot/core/instant.ts";
import { addWorkloads } from "../../bot/sim/simulation/incidents.ts";
import type { Office } from "./office.ts";

export const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"] as const;
export const WORKER = "abal-kuber04";

/** The starting cluster's nodes at work, each of which comes to need a reboot; its web pod fits on the worker alone. */
export async function startingCluster({ cluster }: Office, bootOf: (node: string) => Duration): Promise<void> {
  const names = [...CONTROL_PLANES, WORKER];
  for (const name of names) {
    const role = name === WORKER ? {} : { "node-role.kubernetes.io/control-plane": "true" };
    cluster.addNode({ name, labels: role, habits: { boot: bootOf(name) } });
    cluster.startAgent(name);
  }
  addWorkloads(cluster, names, { webOn: WORKER });
  await cluster.clock.runUntil(() => false, cluster.clock.now() + 60_000);
  for (const name of names) cluster.hosts.get(name)?.need("kernel 5.14.0-503");
}
