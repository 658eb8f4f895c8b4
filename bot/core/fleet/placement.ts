import { type LabelSelector, selects } from "./label-selector.ts";

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export interface Toleration {
  /** Null tolerates every key. */
  readonly key: string | null;
  readonly operator: "Exists" | "Equal";
  readonly value: string;
  /** Null tolerates every effect. */
  readonly effect: Taint["effect"] | null;
}

/** Where a pod may run: all of nodeSelector and one of the required node affinity's terms, past taints that it tolerates. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Null where no node affinity is required; an empty term matches nothing. */
  readonly terms: readonly LabelSelector[] | null;
  readonly tolerations: readonly Toleration[];
}

interface Place {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Whether the scheduler's filters for node selectors, node affinity and taints would let the pod onto the node. */
export function mayRunOn({ nodeSelector, terms, tolerations }: Placement, { name, labels, taints }: Place): boolean {
  if (!Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)) return false;
  const all = { ...labels, "metadata.name": name };
  if (terms !== null && !terms.some((term) => term.length > 0 && selects(term, all))) return false;
  return taints.every((taint) => taint.effect === "PreferNoSchedule" || isTolerated(taint, tolerations));
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect !== null && effect !== taint.effect) return false;
    if (key === null) return operator === "Exists";
    return key === taint.key && (operator === "Exists" || value === taint.value);
  });
}
