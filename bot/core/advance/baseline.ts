import { coveringBudgets, type DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Pod } from "../fleet/pod.ts";
import type { Baseline } from "../fleet/reboot.ts";
import { listed } from "../listed.ts";
import type { Recorded } from "../situation.ts";

/** A record stays small on a node with very many pods. */
const BUDGETS_MOST = 100;

/** How the node's pods and their budgets stand before anything is touched, as far as the last look shows. */
export function baselineOf({ snapshot, node }: Recorded): Baseline {
  const pods = snapshot.checks?.get(node.name)?.pods ?? [];
  const budgets = new Map(
    pods.flatMap((pod) => coveringBudgets(pod, snapshot.budgets).map((budget) => [budget.uid, budget] as const)),
  );
  const covered = [...budgets.values()].slice(0, BUDGETS_MOST);
  return {
    budgets: covered.map((budget) => ({ namespace: budget.namespace, name: budget.name, short: shortOf(budget) })),
    unready: unreadyDaemons(pods),
  };
}

/** How many pods are missing of those that the budget's workloads should have. */
const shortOf = ({ expectedPods, currentHealthy }: DisruptionBudget): number =>
  Math.max(0, expectedPods - currentHealthy);

/** DaemonSets whose pod here is not ready, as namespace/name. */
function unreadyDaemons(pods: Iterable<Pod>): readonly string[] {
  const unready = [...pods].filter(
    ({ controller, ready, finished, deletingSince }) =>
      controller?.kind === "DaemonSet" && !ready && !finished && deletingSince === null,
  );
  return [...new Set(unready.map(({ namespace, controller }) => `${namespace}/${controller?.name ?? ""}`))].sort();
}

/** DaemonSets whose pod is not ready now and was before the drain, as the end of a sentence; null when there is none. */
export function daemonsLacking({ reboot }: Recorded, pods: Iterable<Pod>): string | null {
  const before = new Set(reboot.baseline?.unready);
  const lacking = unreadyDaemons(pods).filter((name) => !before.has(name));
  if (lacking.length === 0) return null;
  return `its ${lacking.length === 1 ? "pod" : "pods"} of DaemonSet ${listed(lacking)} ${lacking.length === 1 ? "is" : "are"} not ready`;
}

/** Budgets that the drain touched and that are worse off than before it, as the end of a sentence. */
export function budgetsWorse({ reboot, snapshot }: Recorded): string | null {
  const worse = (reboot.baseline?.budgets ?? []).flatMap(({ namespace, name, short }) => {
    const budget = snapshot.budgets.get(`${namespace}/${name}`);
    if (budget === undefined || shortOf(budget) <= short) return [];
    return [`${namespace}/${name} has ${budget.currentHealthy} of ${budget.expectedPods} pods`];
  });
  return worse.length === 0 ? null : `PDB ${listed(worse)}, fewer than before its drain`;
}
