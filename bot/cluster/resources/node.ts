import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Cordon, Node } from "../../core/fleet/node.ts";
import { parseInstant } from "../../core/instant.ts";
import { CORDONED_FOR, LIFTED_FOR } from "../cordon.ts";
import { type Metadata, parseMetadata } from "./metadata.ts";

const nodeSchema = z.object({
  spec: z.object({ unschedulable: z.boolean().optional() }).optional(),
  status: z
    .object({
      nodeInfo: z.object({ bootID: z.string().optional() }).optional(),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
        .optional(),
    })
    .optional(),
});

export function parseNode(object: Json): Node | null {
  const metadata = parseMetadata(object);
  const parsed = nodeSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { spec, status } = parsed.data;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const bootId = status?.nodeInfo?.bootID ?? "";
  return {
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels,
    bootId: bootId === "" ? null : bootId,
    ready: ready?.status === "True",
    readySince: ready?.status === "True" ? parseInstant(ready.lastTransitionTime) : null,
    cordon: cordonOf(metadata, spec?.unschedulable === true),
  };
}

function cordonOf({ annotations }: Metadata, isUnschedulable: boolean): Cordon {
  const order = annotations[CORDONED_FOR];
  const liftedFor = annotations[LIFTED_FOR] ?? null;
  if (order !== undefined) return { kind: isUnschedulable ? "ours" : "undone", order };
  return { kind: isUnschedulable ? "foreign" : "none", liftedFor };
}
