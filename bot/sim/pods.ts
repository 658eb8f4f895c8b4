import { asObject, type Draft, type OwnerReference, type Stored } from "./objects.ts";
import { type PodSettings, type PodTemplate, templateOf } from "./pod-template.ts";
import { at, list, text } from "./rules/world.ts";

interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  readonly owner: OwnerReference | null;
  /** Bound from the start, as what the kubelet or a test puts there itself. */
  readonly node?: string;
}

export function pendingPod({ namespace, name, owner, node, ...settings }: PodPlace & PodSettings): Draft {
  return podFrom(templateOf(settings), { namespace, name, owner, ...(node === undefined ? {} : { node }) });
}

/** As pkg/controller has it: labels, annotations and finalizers of the template, and its spec. */
export function podFrom({ metadata, spec }: PodTemplate, { namespace, name, owner, node }: PodPlace): Draft {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...metadata,
      name,
      namespace,
      ...(owner === null ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: { ...spec, ...(node === undefined ? {} : { nodeName: node }) },
    status: { phase: "Pending" },
  };
}

/** The pod with these claims among its volumes. */
export function withClaims(pod: Draft, claims: readonly string[]): Draft {
  const spec = asObject(pod["spec"]);
  const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  return claims.length === 0 ? pod : { ...pod, spec: { ...spec, volumes: [...list(at(spec, "volumes")), ...volumes] } };
}

export const nodeOf = (pod: Stored): string => text(at(pod, "spec", "nodeName"));

export const phaseOf = (pod: Stored): string => text(at(pod, "status", "phase"));

export const isReady = (object: Stored): boolean =>
  list(at(object, "status", "conditions")).some(
    (condition) => at(condition, "type") === "Ready" && at(condition, "status") === "True",
  );

export const isTerminating = ({ metadata }: Stored): boolean => metadata.deletionTimestamp !== undefined;

export const isFinished = (pod: Stored): boolean => ["Succeeded", "Failed"].includes(phaseOf(pod));

/** What its controller counts as one of its replicas. */
export const isActive = (pod: Stored): boolean => !isTerminating(pod) && !isFinished(pod);

export const graceOf = (pod: Stored): number => Number(at(pod, "spec", "terminationGracePeriodSeconds") ?? 30);

export const claimsOf = (pod: Stored): readonly string[] =>
  list(at(pod, "spec", "volumes")).flatMap((volume) => {
    const claim = text(at(volume, "persistentVolumeClaim", "claimName"));
    return claim === "" ? [] : [claim];
  });
