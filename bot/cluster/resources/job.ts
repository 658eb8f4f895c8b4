import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Job } from "../../core/fleet/job.ts";
import type { NodeName, OrderId } from "../../core/fleet/node.ts";
import type { JobPlace } from "../../core/fleet/wanted-job.ts";
import { SECOND } from "../../core/instant.ts";
import { parseMetadata } from "./metadata.ts";

/** On every Job that Bootswain makes; its mirror lists no others. */
export const MADE_BY = { "app.kubernetes.io/managed-by": "bootswain" } as const;
/** Kept for reading logs, then removed by the cluster (ttlSecondsAfterFinished). */
const KEPT_SECONDS = 24 * 60 * 60;

const ORDER = "bootswain.dev/order";

const jobSchema = z.object({
  status: z
    .object({
      conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().nullish() })).nullish(),
    })
    .nullish(),
});

export function parseJob(object: Json): Job | null {
  const metadata = parseMetadata(object);
  const parsed = jobSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const has = (type: string) =>
    parsed.data.status?.conditions?.find((one) => one.type === type && one.status === "True");
  const failed = has("Failed");
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    order: metadata.annotations[ORDER] ?? null,
    startedAt: metadata.createdAt,
    state: failed !== undefined ? "failed" : has("Complete") === undefined ? "running" : "succeeded",
    message: failed === undefined ? "" : (failed.message ?? "the Job failed"),
  };
}

const containerSchema = z.looseObject({ env: z.array(z.unknown()).nullish() });
const cronJobSchema = z.object({
  spec: z.object({
    suspend: z.boolean().nullish(),
    jobTemplate: z.object({
      metadata: z
        .object({
          labels: z.record(z.string(), z.string()).nullish(),
          annotations: z.record(z.string(), z.string()).nullish(),
        })
        .nullish(),
      spec: z.looseObject({
        template: z.looseObject({ spec: z.looseObject({ containers: z.array(containerSchema) }) }),
      }),
    }),
  }),
});

export interface NewJob {
  readonly name: string;
  readonly node: NodeName;
  readonly order: OrderId;
  readonly pool: string;
  /** As namespace/name. */
  readonly pods: readonly string[];
  readonly timeout: number;
  readonly place: JobPlace;
}

/** A Job of the CronJob's template that ends within the timeout; a text says why there is none. */
export function jobOf(cronJob: Json, { name, node, order, pool, pods, timeout, place }: NewJob): Json | string {
  const metadata = parseMetadata(cronJob);
  const parsed = cronJobSchema.safeParse(cronJob);
  if (metadata === null || !parsed.success) return "it can't be read";
  const { suspend, jobTemplate } = parsed.data.spec;
  if (suspend !== true) return "it is not suspended (spec.suspend: true), so it also runs by itself";
  const ofPods = pods.length === 0 ? {} : { POD_NAMES: pods.join(" ") };
  const values = { NODE_NAME: node, ORDER_ID: order, POOL: pool, ...ofPods };
  const env = Object.entries(values).map(([key, value]) => ({ name: key, value }));
  const known = new Set(Object.keys(values));
  const { template } = jobTemplate.spec;
  const containers = template.spec.containers.map((container) => ({
    ...container,
    env: [...(container.env ?? []).filter((one) => !known.has(nameIn(one))), ...env],
  }));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      namespace: metadata.namespace,
      labels: { ...jobTemplate.metadata?.labels, ...MADE_BY },
      annotations: { ...jobTemplate.metadata?.annotations, [ORDER]: order, "bootswain.dev/node": node },
    },
    spec: {
      ttlSecondsAfterFinished: KEPT_SECONDS,
      ...jobTemplate.spec,
      activeDeadlineSeconds: Math.max(1, Math.ceil(timeout / SECOND)),
      template: { ...template, spec: placed({ ...template.spec, containers }, place, node) },
    },
  };
}

type PodSpec = Readonly<Record<string, unknown>>;

/** The cordon must not keep a Job off the very node that it is for. */
function placed(spec: PodSpec, place: JobPlace, node: NodeName): PodSpec {
  if (place === "anywhere") return spec;
  const affinity = {
    ...spec,
    affinity: nodeAffinity(spec["affinity"], place === "on the node" ? "In" : "NotIn", node),
  };
  if (place === "elsewhere") return affinity;
  const tolerated = Array.isArray(spec["tolerations"]) ? spec["tolerations"] : [];
  const cordon = { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" };
  return { ...affinity, tolerations: [...tolerated, cordon] };
}

/** The template's own terms stay; each of them also has to fit the node's name. */
function nodeAffinity(affinity: unknown, operator: "In" | "NotIn", node: NodeName): unknown {
  const parsed = affinitySchema.safeParse(affinity ?? {});
  const own = parsed.success ? parsed.data : {};
  const required = own.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const byName = { key: "metadata.name", operator, values: [node] };
  const terms = (required?.nodeSelectorTerms ?? [{}]).map((term) => ({
    ...term,
    matchFields: [...(term.matchFields ?? []), byName],
  }));
  const nodeSelector = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  return { ...own, nodeAffinity: { ...own.nodeAffinity, ...nodeSelector } };
}

const affinitySchema = z.looseObject({
  nodeAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .object({ nodeSelectorTerms: z.array(z.looseObject({ matchFields: z.array(z.unknown()).optional() })) })
        .nullish(),
    })
    .nullish(),
});

function nameIn(variable: unknown): string {
  const parsed = z.object({ name: z.string() }).safeParse(variable);
  return parsed.success ? parsed.data.name : "";
}
