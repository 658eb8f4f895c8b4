import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { NodeName } from "../../core/fleet/node.ts";

const attachmentSchema = z.object({ spec: z.object({ nodeName: z.string() }) });

/** The node that a VolumeAttachment ties a volume to. */
export function parseVolumeAttachment(object: Json): NodeName | null {
  const parsed = attachmentSchema.safeParse(object);
  return parsed.success ? parsed.data.spec.nodeName : null;
}
