import { asObject, type Stored } from "./objects.ts";
import { at, list } from "./rules/world.ts";

/** The scheduler's word: on a node, which it can't take back. */
export function bound(pod: Stored, node: string): Stored {
  return {
    ...pod,
    spec: { ...asObject(pod.spec), nodeName: node },
    status: withCondition(pod, "PodScheduled", "True"),
  };
}

/** The scheduler's word: no node has room for it. */
export const unschedulable = (pod: Stored): Stored => ({
  ...pod,
  status: withCondition(pod, "PodScheduled", "False", { reason: "Unschedulable" }),
});

export const running = (pod: Stored): Stored => ({ ...pod, status: inPhase(pod, "Running", "True") });

export const unready = (pod: Stored): Stored => ({ ...pod, status: inPhase(pod, "Running", "False") });

export const finished = (pod: Stored, phase: "Succeeded" | "Failed"): Stored => ({
  ...pod,
  status: inPhase(pod, phase, "False"),
});

export const isUnschedulablePod = (pod: Stored): boolean =>
  list(at(pod, "status", "conditions")).some(
    (one) => at(one, "type") === "PodScheduled" && at(one, "status") === "False",
  );

const inPhase = (pod: Stored, phase: string, ready: string): object => ({
  ...withCondition(pod, "Ready", ready),
  phase,
});

function withCondition(pod: Stored, type: string, status: string, more: object = {}): object {
  const others = list(at(pod, "status", "conditions")).filter((one) => at(one, "type") !== type);
  return { ...asObject(pod.status), conditions: [...others, { type, status, ...more }] };
}
