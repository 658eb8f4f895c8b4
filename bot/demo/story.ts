import type { Instant } from "../core/instant.ts";
import { SECOND } from "../core/instant.ts";
import { SimCluster, type SimSettings } from "../sim/cluster.ts";
import { addWorkloads } from "../sim/simulation/incidents.ts";

const CLUSTER = "abal-kuber";
const CONTROL_PLANE = { "node-role.kubernetes.io/control-plane": "true" };

/** Friday 2026-12-04, 21:50 in Chicago: ten minutes before the window opens. */
export const DEMO_START: Instant = Date.UTC(2026, 11, 5, 3, 50);

/** The starting cluster: three control-plane nodes, one worker, and a web pod whose budget never lets it go. */
export function startingCluster(
  links: Pick<SimSettings, "policySource" | "reviewer">,
  onReboot: (call: { at: Instant; node: string }) => void,
): SimCluster {
  const cluster = new SimCluster({
    seed: "demo",
    start: DEMO_START,
    clusterName: CLUSTER,
    ...links,
    onReboot,
  });
  const names = ["abal-kuber01", "abal-kuber02", "abal-kuber03", "abal-kuber04"];
  for (const name of names) {
    const isWorker = name === "abal-kuber04";
    const host = cluster.addNode({
      name,
      labels: isWorker ? {} : CONTROL_PLANE,
      // The web pod fits on the worker alone, as in the night that this product starts from.
      habits: { shutdown: 8 * SECOND, boot: 95 * SECOND },
    });
    host.need("kernel 5.14.0-503 installed, 5.14.0-427 running");
  }
  addWorkloads(cluster, names, { webOn: "abal-kuber04" });
  return cluster;
}

/** Lets time go by until it is so, at most up to then. */
export type RunUntil = (isDone: () => boolean, until: Instant) => Promise<boolean>;

/** Pods come up and agents report before the bot is started, so that the first thing it sees is a cluster at work. */
export async function settle(cluster: SimCluster, runUntil: RunUntil): Promise<void> {
  for (const name of cluster.hosts.keys()) cluster.startAgent(name);
  await runUntil(() => false, DEMO_START + 20 * SECOND);
  cluster.startBot("bootswain-0");
  await runUntil(() => cluster.leaderTurn() !== null, DEMO_START + 60 * SECOND);
}
