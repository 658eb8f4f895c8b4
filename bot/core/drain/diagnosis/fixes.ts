import type { Fix } from "../../fleet/diagnosis.ts";
import type { DisruptionBudget } from "../../fleet/disruption-budget.ts";
import type { Workload } from "../../fleet/workload.ts";
import { type Facts, replicasOf } from "./facts.ts";
import { enoughFor, isShare } from "./promise.ts";

/** Best first: one more replica keeps the promise, a looser budget changes it. */
export function fixesFor(facts: Facts): readonly Fix[] {
  const more = moreReplicas(facts);
  return more === null ? [looserBudget(facts)] : [more, looserBudget(facts)];
}

/** Null where more of them would not help, or could not run. */
function moreReplicas({ workload, wanted, budget, evidence }: Facts): Fix | null {
  const replicas = replicasOf(workload);
  const resource = scalable(workload);
  // A volume that one node may use keeps the next replica on the same node, or off it.
  if (replicas === null || wanted === null || resource === null || evidence.singleNodeClaims.length > 0) return null;
  const total = enoughFor(budget.promise, wanted);
  if (total === null) return null;
  const count = replicas + total - wanted;
  return {
    says: `run ${count} of them, so that one may go`,
    command: `kubectl -n ${budget.namespace} scale ${resource} --replicas=${count}`,
  };
}

function scalable(workload: Workload): string | null {
  if (workload.kind === "deployment") return `deployment/${workload.owner.name}`;
  if (workload.kind !== "plain" || workload.replicas === null) return null;
  if (workload.owner.kind !== "StatefulSet" && workload.owner.kind !== "ReplicaSet") return null;
  return `${workload.owner.kind.toLowerCase()}/${workload.owner.name}`;
}

/** As little looser as lets one pod go. */
function looserBudget(facts: Facts): Fix {
  const { budget } = facts;
  if (isScaled(facts)) {
    const spec =
      budget.promise?.kind === "minAvailable" ? { minAvailable: null, maxUnavailable: 1 } : { maxUnavailable: 1 };
    return { says: "let one pod be unavailable at a time", command: patchOf(budget, spec) };
  }
  return countedBudget(facts);
}

/** Where no scale can be asked for, the controller can't work out maxUnavailable or a share: only a count works. */
export function countedBudget({ budget, evidence }: Facts): Fix {
  const ready = evidence.covered.filter(({ pod }) => pod.ready && pod.deletingSince === null).length;
  const least = Math.max(0, ready - 1);
  const spec =
    budget.promise?.kind === "maxUnavailable" ? { maxUnavailable: null, minAvailable: least } : { minAvailable: least };
  const says = least === 0 ? "promise nothing of these pods" : `promise ${least} of these pods`;
  return { says, command: patchOf(budget, spec) };
}

/** The controllers that the disruption controller can ask how many pods they want. */
const isScaled = ({ makers }: Facts): boolean =>
  makers.length > 0 &&
  makers.every((maker) => maker.kind === "deployment" || (maker.kind === "plain" && maker.replicas !== null));

export function patchOf({ namespace, name }: DisruptionBudget, spec: object): string {
  return `kubectl -n ${namespace} patch pdb ${name} --type=merge -p '${JSON.stringify({ spec })}'`;
}

export const removal = ({ namespace, name }: DisruptionBudget): string => `kubectl -n ${namespace} delete pdb ${name}`;

/** Whether the budget's own numbers need a scale that some of its pods' makers don't have. */
export const needsScale = ({ budget }: Facts): boolean =>
  budget.promise?.kind === "maxUnavailable" || isShare(budget.promise);
