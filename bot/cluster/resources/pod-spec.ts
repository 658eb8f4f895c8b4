import { z } from "zod";
import type { Placement, Toleration } from "../../core/fleet/placement.ts";
import type { PodNeeds } from "../../core/fleet/pod.ts";
import { nodeTermSchema, readNodeTerm } from "./label-selector.ts";
import { readQuantity } from "./quantity.ts";

const effect = z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]);

export const taintSchema = z.object({ key: z.string(), value: z.string().nullish(), effect });

const tolerationSchema = z.object({
  key: z.string().nullish(),
  operator: z.string().nullish(),
  value: z.string().nullish(),
  effect: z.string().nullish(),
});

const containerSchema = z.object({
  resources: z.object({ requests: z.record(z.string(), z.union([z.string(), z.number()])).nullish() }).nullish(),
  ports: z.array(z.object({ hostPort: z.number().nullish() })).nullish(),
});

export const placementShape = {
  nodeSelector: z.record(z.string(), z.string()).nullish(),
  affinity: z
    .object({
      nodeAffinity: z
        .object({
          requiredDuringSchedulingIgnoredDuringExecution: z
            .object({ nodeSelectorTerms: z.array(nodeTermSchema) })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
  tolerations: z.array(tolerationSchema).nullish(),
};

export const podSpecSchema = z.object({
  ...placementShape,
  nodeName: z.string().optional(),
  hostNetwork: z.boolean().nullish(),
  priorityClassName: z.string().nullish(),
  terminationGracePeriodSeconds: z.number().nullish(),
  containers: z.array(containerSchema).nullish(),
  volumes: z
    .array(
      z.object({
        emptyDir: z.unknown().optional(),
        hostPath: z.unknown().optional(),
        persistentVolumeClaim: z.object({ claimName: z.string() }).nullish(),
      }),
    )
    .nullish(),
});

type PodSpec = z.infer<typeof podSpecSchema>;

export function readPlacement({
  nodeSelector,
  affinity,
  tolerations,
}: Pick<PodSpec, keyof typeof placementShape>): Placement {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    nodeSelector: nodeSelector ?? {},
    terms: required == null ? null : required.nodeSelectorTerms.map(readNodeTerm),
    tolerations: (tolerations ?? []).map(readToleration),
  };
}

function readToleration({ key, operator, value, effect: of }: z.infer<typeof tolerationSchema>): Toleration {
  const known = effect.safeParse(of);
  return {
    key: key == null || key === "" ? null : key,
    operator: operator === "Exists" ? "Exists" : "Equal",
    value: value ?? "",
    effect: known.success ? known.data : null,
  };
}

export function readNeeds(spec: PodSpec): PodNeeds {
  const containers = spec.containers ?? [];
  const sum = (resource: string): number =>
    containers.reduce((total, { resources }) => total + readQuantity(resources?.requests?.[resource]), 0);
  const volumes = spec.volumes ?? [];
  return {
    placement: readPlacement(spec),
    cpuMillis: sum("cpu") * 1_000,
    memoryBytes: sum("memory"),
    hasHostPort: spec.hostNetwork === true || containers.some(({ ports }) => ports?.some(({ hostPort }) => hostPort)),
    claims: volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    hasHostPath: volumes.some(({ hostPath }) => hostPath != null),
  };
}
