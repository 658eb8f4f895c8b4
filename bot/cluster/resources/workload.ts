import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Owner } from "../../core/fleet/pod.ts";
import { ownerOf, parseMetadata } from "./metadata.ts";

const scaledSchema = z.object({ spec: z.object({ replicas: z.number().nullish() }) });

/** How many pods a ReplicaSet or StatefulSet wants; null for what can't be read. */
export function replicasOf(object: Json): number | null {
  const parsed = scaledSchema.safeParse(object);
  return parsed.success ? (parsed.data.spec.replicas ?? 1) : null;
}

export function ownerIn(object: Json): Owner | null {
  const metadata = parseMetadata(object);
  return metadata === null ? null : ownerOf(metadata);
}
