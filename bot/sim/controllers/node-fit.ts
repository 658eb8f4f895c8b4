import type { Stored } from "../objects.ts";
import { isFinished } from "../pods.ts";
import { readQuantity } from "../quantity.ts";
import { expressionsOf, isMet } from "../rules/label-selector.ts";
import { at, isUnschedulable, list, text } from "../rules/world.ts";
import { isTolerated, type Taint } from "./taints.ts";

/** What the scheduler takes for a node's taint while it is cordoned. */
const CORDON: Taint = { key: "node.kubernetes.io/unschedulable", value: "", effect: "NoSchedule" };

type Pod = Pick<Stored, "spec">;

/** Whether node selector, required affinity and taints let the pod onto the node. */
export const mayRunOn = (pod: Pod, node: Stored): boolean => isChosen(pod, node) && isTaken(pod, node);

/** Whether the scheduler's filters let the pod onto the node beside the pods that are there. */
export function fits(pod: Pod, node: Stored, there: readonly Stored[]): boolean {
  return (
    isChosen(pod, node) &&
    isTaken(pod, node) &&
    hasRoom(
      pod,
      node,
      there.filter((one) => !isFinished(one)),
    )
  );
}

/** Higher is better: no taint that asks pods to stay away, then what the pod prefers. */
export function scoreOf(pod: Pod, node: Stored): number {
  const discouraging = taintsOf(node).filter(
    (taint) => taint.effect === "PreferNoSchedule" && !isTolerated(taint, tolerationsOf(pod)),
  );
  const preferred = list(
    at(pod, "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"),
  ).filter((one) => isTermMet(at(one, "preference"), node));
  const weight = preferred.reduce<number>((sum, one) => sum + Number(at(one, "weight") ?? 0), 0);
  return weight - 1_000 * discouraging.length;
}

function isChosen(pod: Pod, node: Stored): boolean {
  const wanted = Object.entries(at(pod, "spec", "nodeSelector") ?? {});
  if (!wanted.every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  const required = at(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  return required === undefined || list(at(required, "nodeSelectorTerms")).some((term) => isTermMet(term, node));
}

/** The one field that a term may name is metadata.name. A term that asks for nothing matches nothing. */
function isTermMet(term: unknown, { metadata }: Stored): boolean {
  const labels = metadata.labels ?? {};
  const onLabels = expressionsOf(at(term, "matchExpressions"));
  const onFields = expressionsOf(at(term, "matchFields"));
  return (
    onLabels.length + onFields.length > 0 &&
    onLabels.every((one) => isMet(one, labels)) &&
    onFields.every((one) => isMet(one, { "metadata.name": metadata.name }))
  );
}

function isTaken(pod: Pod, node: Stored): boolean {
  const taints = [...taintsOf(node), ...(isUnschedulable(node) ? [CORDON] : [])];
  return taints.every((taint) => taint.effect === "PreferNoSchedule" || isTolerated(taint, tolerationsOf(pod)));
}

function hasRoom(pod: Pod, node: Stored, there: readonly Stored[]): boolean {
  const taken = new Set(there.flatMap(hostPortsOf));
  if (hostPortsOf(pod).some((port) => taken.has(port))) return false;
  return ["cpu", "memory"].every((resource) => {
    const allocatable = at(node, "status", "allocatable", resource);
    if (allocatable === undefined) return true;
    const used = there.reduce((sum, one) => sum + requestOf(one, resource), 0);
    return used + requestOf(pod, resource) <= readQuantity(text(allocatable));
  });
}

const containersOf = (pod: Pod): readonly unknown[] => list(at(pod, "spec", "containers"));

const requestOf = (pod: Pod, resource: string): number =>
  containersOf(pod).reduce<number>(
    (sum, one) => sum + readQuantity(text(at(one, "resources", "requests", resource))),
    0,
  );

const hostPortsOf = (pod: Pod): readonly number[] =>
  containersOf(pod)
    .flatMap((one) => list(at(one, "ports")))
    .flatMap((port) => {
      const hostPort = Number(at(port, "hostPort") ?? 0);
      return hostPort === 0 ? [] : [hostPort];
    });

const tolerationsOf = (pod: Pod): readonly unknown[] => list(at(pod, "spec", "tolerations"));

const taintsOf = (node: Stored): readonly Taint[] =>
  list(at(node, "spec", "taints")).map((taint) => ({
    key: text(at(taint, "key")),
    value: text(at(taint, "value")),
    effect: text(at(taint, "effect")),
  }));
