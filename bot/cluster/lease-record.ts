import { z } from "zod";
import type { Json } from "../coordinator/ports.ts";
import { formatInstant, type Instant } from "../core/instant.ts";
import { parseMetadata } from "./resources/metadata.ts";

const leaseSchema = z.object({
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .nullish(),
});

/** What a coordination.k8s.io/v1 Lease says. */
export interface LeaseRecord {
  readonly version: string;
  /** Empty: given back. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly transitions: number;
}

export function parseLease(object: Json): LeaseRecord | null {
  const metadata = parseMetadata(object);
  const parsed = leaseSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const spec = parsed.data.spec;
  return {
    version: metadata.version,
    holder: spec?.holderIdentity ?? "",
    durationSeconds: spec?.leaseDurationSeconds ?? 0,
    transitions: spec?.leaseTransitions ?? 0,
  };
}

/** An empty version makes an object to create. */
export function formatLease(name: string, namespace: string, record: LeaseRecord, renewedAt: Instant): Json {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace, ...(record.version === "" ? {} : { resourceVersion: record.version }) },
    spec: {
      holderIdentity: record.holder,
      leaseDurationSeconds: record.durationSeconds,
      // A MicroTime: six digits.
      renewTime: formatInstant(renewedAt).replace("Z", "000Z"),
      leaseTransitions: record.transitions,
    },
  };
}
