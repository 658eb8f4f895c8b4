import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Deployment } from "../../core/fleet/workload.ts";
import { isRecord } from "../json.ts";
import { labelSelectorSchema, readLabelSelector } from "./label-selector.ts";
import { parseMetadata } from "./metadata.ts";

/** What `kubectl rollout restart` writes into the template. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

const amount = z.union([z.number(), z.string()]).nullish();
const count = z.number().nullish();

const deploymentSchema = z.object({
  spec: z.object({
    replicas: count,
    paused: z.boolean().nullish(),
    selector: labelSelectorSchema,
    strategy: z
      .object({
        type: z.string().nullish(),
        rollingUpdate: z.object({ maxSurge: amount, maxUnavailable: amount }).nullish(),
      })
      .nullish(),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).nullish(),
    }),
  }),
  status: z
    .object({ observedGeneration: count, replicas: count, updatedReplicas: count, readyReplicas: count })
    .nullish(),
});

type Sent = z.infer<typeof deploymentSchema>;

export function parseDeployment(object: Json): Deployment | null {
  const metadata = parseMetadata(object);
  const parsed = deploymentSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec, status } = parsed.data;
  const replicas = spec.replicas ?? 1;
  const [ready, updated, all] = [status?.readyReplicas ?? 0, status?.updatedReplicas ?? 0, status?.replicas ?? 0];
  const isObserved = (status?.observedGeneration ?? 0) >= metadata.generation;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    selector: readLabelSelector(spec.selector),
    replicas,
    readyReplicas: ready,
    isPaused: spec.paused === true,
    isRollingOut: !isObserved || updated !== replicas || ready !== replicas || all !== replicas,
    ...roundedStrategy(spec.strategy, replicas),
    restartedAt: spec.template.metadata?.annotations?.[RESTARTED_AT] ?? null,
  };
}

/** A surge is rounded up, what may be unavailable down; where both are 0 one may be unavailable (deployment controller). */
function roundedStrategy(strategy: Sent["spec"]["strategy"], replicas: number) {
  if (strategy?.type === "Recreate") return { maxSurge: 0, maxUnavailable: 0 };
  const rolling = strategy?.rollingUpdate;
  const maxSurge = rounded(rolling?.maxSurge ?? "25%", replicas, Math.ceil);
  const maxUnavailable = rounded(rolling?.maxUnavailable ?? "25%", replicas, Math.floor);
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

function rounded(value: number | string, replicas: number, round: (exact: number) => number): number {
  return typeof value === "number" ? value : round((Number.parseFloat(value) * replicas) / 100) || 0;
}

/** The Deployment with that restart in its template, and nothing else changed; null removes it. */
export function restarted(deployment: Json, at: string | null): Json {
  const spec = within(deployment, "spec");
  const template = within(spec, "template");
  const metadata = within(template, "metadata");
  const { [RESTARTED_AT]: _, ...others } = within(metadata, "annotations");
  const annotations = at === null ? others : { ...others, [RESTARTED_AT]: at };
  const { annotations: __, ...unannotated } = metadata;
  // Without the restart the template is the very one that it was, so that its ReplicaSet is used again.
  const next = Object.keys(annotations).length === 0 ? unannotated : { ...metadata, annotations };
  return {
    ...(isRecord(deployment) ? deployment : {}),
    spec: { ...spec, template: { ...template, metadata: next } },
  };
}

function within(object: Json, key: string): Record<string, unknown> {
  const inner = isRecord(object) ? object[key] : undefined;
  return isRecord(inner) ? inner : {};
}
