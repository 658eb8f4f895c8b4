import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Pod } from "../../core/fleet/pod.ts";
import { parseInstant } from "../../core/instant.ts";
import { isRecord } from "../json.ts";
import { ownerOf, parseMetadata } from "./metadata.ts";
import { podSpecSchema, readNeeds } from "./pod-spec.ts";

/** The kubelet marks the API's copies of static pods so (kubernetes.io/docs, "Static Pods"). */
const MIRROR = "kubernetes.io/config.mirror";
const CRITICAL: ReadonlySet<string> = new Set(["system-cluster-critical", "system-node-critical"]);
/** The server's default for terminationGracePeriodSeconds. */
const USUAL_GRACE = 30;

const podSchema = z.object({
  spec: podSpecSchema.optional(),
  status: z
    .object({
      phase: z.string().optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
        .nullish(),
    })
    .optional(),
});

/** The pods of a list's answer; null for what is no list. */
export function parsePodList(list: Json): readonly Pod[] | null {
  const items = isRecord(list) ? list["items"] : undefined;
  return Array.isArray(items) ? items.flatMap((item) => parsePod(item) ?? []) : null;
}

export function parsePod(object: Json): Pod | null {
  const metadata = parseMetadata(object);
  const parsed = podSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec = {}, status } = parsed.data;
  const condition = (type: string) => status?.conditions?.find((one) => one.type === type);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    node: spec.nodeName ?? null,
    labels: metadata.labels,
    controller: ownerOf(metadata),
    mirror: metadata.annotations[MIRROR] !== undefined,
    finished: status?.phase === "Succeeded" || status?.phase === "Failed",
    ready: condition("Ready")?.status === "True",
    readyChanged: parseInstant(condition("Ready")?.lastTransitionTime),
    schedulable: condition("PodScheduled")?.status !== "False",
    createdAt: metadata.createdAt,
    deletingSince: metadata.deletedAt,
    finalizers: metadata.finalizers,
    graceSeconds: spec.terminationGracePeriodSeconds ?? USUAL_GRACE,
    hasEmptyDir: (spec.volumes ?? []).some(({ emptyDir }) => emptyDir != null),
    isCritical: CRITICAL.has(spec.priorityClassName ?? ""),
    needs: readNeeds(spec),
  };
}
