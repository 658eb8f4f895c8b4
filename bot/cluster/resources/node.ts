import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Cordon, Node } from "../../core/fleet/node.ts";
import { parseInstant } from "../../core/instant.ts";
import { CORDONED_FOR, LIFTED_FOR } from "../cordon.ts";
import { type Metadata, parseMetadata } from "./metadata.ts";
import { taintSchema } from "./pod-spec.ts";
import { readQuantity } from "./quantity.ts";

/** The node controller puts it on a cordoned node, with the time. */
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

const nodeSchema = z.object({
  spec: z
    .object({
      unschedulable: z.boolean().optional(),
      taints: z.array(taintSchema.extend({ timeAdded: z.string().nullish() })).optional(),
    })
    .optional(),
  status: z
    .object({
      allocatable: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      nodeInfo: z.object({ bootID: z.string().optional() }).optional(),
      addresses: z.array(z.object({ address: z.string() })).optional(),
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
  const voter = status?.conditions?.find(({ type }) => type === "EtcdIsVoter");
  const bootId = status?.nodeInfo?.bootID ?? "";
  return {
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels,
    bootId: bootId === "" ? null : bootId,
    ready: ready?.status === "True",
    readyChanged: parseInstant(ready?.lastTransitionTime),
    etcdVoter: voter === undefined ? null : voter.status === "True",
    cordonedSince: parseInstant(spec?.taints?.find(({ key }) => key === UNSCHEDULABLE)?.timeAdded),
    cordon: cordonOf(metadata, spec?.unschedulable === true),
    taints: (spec?.taints ?? []).map(({ key, value, effect }) => ({ key, value: value ?? "", effect })),
    addresses: (status?.addresses ?? []).map(({ address }) => address),
    deletedAt: metadata.deletedAt,
    allocatable: {
      cpuMillis: readQuantity(status?.allocatable?.["cpu"]) * 1_000,
      memoryBytes: readQuantity(status?.allocatable?.["memory"]),
    },
  };
}

function cordonOf({ annotations }: Metadata, isUnschedulable: boolean): Cordon {
  const order = annotations[CORDONED_FOR];
  const liftedFor = annotations[LIFTED_FOR] ?? null;
  if (order !== undefined) return { kind: isUnschedulable ? "ours" : "undone", order };
  return { kind: isUnschedulable ? "foreign" : "none", liftedFor };
}
