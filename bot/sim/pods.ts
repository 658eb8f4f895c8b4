import type { Draft, OwnerReference, Stored } from "./objects.ts";
import { at, list, text } from "./rules/world.ts";

interface PodSettings {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: OwnerReference | null;
  readonly node?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly graceSeconds: number;
}

export function pendingPod({
  namespace,
  name,
  labels,
  owner,
  node,
  annotations,
  graceSeconds,
}: PodSettings): Draft & { readonly spec: object } {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ...(owner === null ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: { ...(node === undefined ? {} : { nodeName: node }), terminationGracePeriodSeconds: graceSeconds },
    status: { phase: "Pending" },
  };
}

export const nodeOf = (pod: Stored): string => text(at(pod, "spec", "nodeName"));

export const isReady = (object: Stored): boolean =>
  list(at(object, "status", "conditions")).some(
    (condition) => at(condition, "type") === "Ready" && at(condition, "status") === "True",
  );

export const isTerminating = ({ metadata }: Stored): boolean => metadata.deletionTimestamp !== undefined;

export const isFinished = (pod: Stored): boolean => ["Succeeded", "Failed"].includes(text(at(pod, "status", "phase")));

export const graceOf = (pod: Stored): number => Number(at(pod, "spec", "terminationGracePeriodSeconds") ?? 30);

export function bound(pod: Stored, node: string): Stored {
  return { ...pod, spec: { ...(typeof pod.spec === "object" ? pod.spec : {}), nodeName: node } };
}

export function running(pod: Stored): Stored {
  return { ...pod, status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
}

export function unready(pod: Stored): Stored {
  return { ...pod, status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] } };
}
