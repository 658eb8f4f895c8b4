import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Pod } from "../../core/fleet/pod.ts";
import { parseMetadata } from "./metadata.ts";

/** The kubelet marks the API's copies of static pods so (kubernetes.io/docs, "Static Pods"). */
const MIRROR = "kubernetes.io/config.mirror";

const podSchema = z.object({
  spec: z.object({ nodeName: z.string().optional() }).optional(),
  status: z.object({ phase: z.string().optional() }).optional(),
});

export function parsePod(object: Json): Pod | null {
  const metadata = parseMetadata(object);
  const parsed = podSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec, status } = parsed.data;
  const owner = metadata.owners.find(({ isController }) => isController);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    node: spec?.nodeName ?? null,
    labels: metadata.labels,
    controller: owner === undefined ? null : { kind: owner.kind, name: owner.name, uid: owner.uid },
    mirror: metadata.annotations[MIRROR] !== undefined,
    finished: status?.phase === "Succeeded" || status?.phase === "Failed",
    deletingSince: metadata.deletedAt,
  };
}
