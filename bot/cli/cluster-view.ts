import type { Command } from "commander";
import type { CallParts } from "../cluster/calls.ts";
import { LiveCluster } from "../cluster/live-cluster.ts";
import type { Log } from "../coordinator/ports.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import { gateKey } from "../core/gates/judge.ts";
import { podsGatesOf } from "../core/gates/pods-gate.ts";
import { originOf } from "../core/policy/origin.ts";
import type { Policy } from "../core/policy/policy.ts";
import { DEFAULT_TIMINGS } from "../core/timings.ts";
import { KubeApi } from "../kube/kube-api.ts";
import { whatIsMissing } from "../kube/readiness.ts";
import { systemClock, systemRandom } from "../process/clock.ts";
import { EXIT, UserError } from "../process/exit.ts";
import { connectionOf, usualKubeconfig } from "./kube-connection.ts";
import { reparsePolicy } from "./policy-source.ts";

/** A cluster as it is now. Only read: nothing is written, and no lease is taken. */
export interface ClusterView {
  readonly snapshot: Snapshot;
  /** The last good policy that the bot kept; undefined where there is none. */
  readonly inForce: Policy | undefined;
  readonly cluster: LiveCluster;
  readonly parts: CallParts;
}

export interface ViewOptions {
  readonly kubeconfig?: string;
  /** Of the kubeconfig; its current one when left out. */
  readonly context?: string;
  /** Where the bot runs. */
  readonly namespace: string;
}

/** The options of every command that looks at a cluster. */
export function addViewOptions(command: Command): Command {
  return command
    .option("--kubeconfig <file>", "how to reach the cluster; kubectl's own when left out")
    .option("--context <name>", "a context of the kubeconfig; its current one when left out")
    .option("--namespace <name>", "where the bot runs", "bootswain");
}

const DEADLINE = 30_000;
const silent: Log = { info: () => {}, warn: () => {} };

/** Lets `look` look at the cluster while it is watched. Throws UserError when it can't be reached or knows nothing of Bootswain. */
export async function viewCluster<T>(
  { kubeconfig, context, namespace }: ViewOptions,
  look: (view: ClusterView) => T | Promise<T>,
): Promise<T> {
  const api = new KubeApi(connectionOf(kubeconfig ?? usualKubeconfig(), context));
  const missing = await whatIsMissing(api);
  if (missing !== null) throw new UserError(missing, EXIT.unreachable);
  const parts = { api, clock: systemClock, random: systemRandom, log: silent, timings: DEFAULT_TIMINGS };
  const cluster = new LiveCluster(parts, { cluster: "", namespace, pod: null, isReader: true });
  try {
    return await look({ ...(await firstView(cluster, namespace)), cluster, parts });
  } finally {
    cluster.stop();
  }
}

/** Whole once the pods that gates of the policy look for are listed, too. */
function firstView(cluster: LiveCluster, namespace: string): Promise<Pick<ClusterView, "snapshot" | "inForce">> {
  return new Promise((resolve, reject) => {
    const message = `The cluster was not read within ${DEADLINE / 1_000} s. Check that these credentials may list nodes, disruption budgets, daemon sets and jobs, the pods of namespace ${namespace}, and those that gates of the policy look for.`;
    const timer = systemClock.after(DEADLINE, () => reject(new UserError(message, EXIT.unreachable)));
    cluster.start(() => {
      const snapshot = cluster.snapshot();
      if (snapshot === null) return;
      const inForce = keptPolicy(snapshot);
      const gates = podsGatesOf(inForce);
      cluster.keepGatePods(gates);
      if (!gates.every((gate) => snapshot.gatePods.has(gateKey(gate)))) return;
      timer.stop();
      resolve({ snapshot, inForce });
    });
  });
}

function keptPolicy({ fleet }: Snapshot): Policy | undefined {
  const kept = fleet?.policy ?? null;
  return kept?.text == null ? undefined : (reparsePolicy(kept.text, originOf(kept)) ?? undefined);
}
