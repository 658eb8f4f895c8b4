import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { Owner } from "../../core/fleet/pod.ts";
import { type Instant, parseInstant } from "../../core/instant.ts";

const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  finalizers: z.array(z.string()).nullish(),
  ownerReferences: z
    .array(
      z.object({
        apiVersion: z.string().optional(),
        kind: z.string(),
        name: z.string(),
        uid: z.string(),
        controller: z.boolean().nullish(),
      }),
    )
    .nullish(),
});

const objectSchema = z.object({ metadata: metadataSchema });

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly isController: boolean;
}

/** What every kind has, with the server's absences made plain. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly version: string;
  readonly generation: number;
  readonly createdAt: Instant;
  readonly deletedAt: Instant | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
  readonly owners: readonly OwnerReference[];
}

const parsedBefore = new WeakMap<object, Metadata | null>();

/** Null for what is no object of the API. Asked by the mirror and by each kind's own parser, of an object that never changes. */
export function parseMetadata(object: Json): Metadata | null {
  if (typeof object !== "object" || object === null) return null;
  const known = parsedBefore.get(object);
  if (known !== undefined) return known;
  const metadata = readMetadata(object);
  parsedBefore.set(object, metadata);
  return metadata;
}

function readMetadata(object: object): Metadata | null {
  const parsed = objectSchema.safeParse(object);
  if (!parsed.success) return null;
  const { metadata } = parsed.data;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    uid: metadata.uid ?? "",
    version: metadata.resourceVersion ?? "",
    generation: metadata.generation ?? 0,
    createdAt: parseInstant(metadata.creationTimestamp) ?? 0,
    deletedAt: parseInstant(metadata.deletionTimestamp),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    finalizers: metadata.finalizers ?? [],
    owners: (metadata.ownerReferences ?? []).map(({ controller, apiVersion, ...owner }) => ({
      ...owner,
      apiVersion: apiVersion ?? "",
      isController: controller === true,
    })),
  };
}

/** The owner reference with controller: true. */
export function ownerOf({ owners }: Metadata): Owner | null {
  const owner = owners.find(({ isController }) => isController);
  if (owner === undefined) return null;
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, name, uid };
}

export const API_VERSION = "bootswain.dev/v1alpha1";

/** An object of ours that belongs to a node: it goes when the node does. */
export function ownedByNode(kind: string, node: string, uid: string): Record<string, unknown> {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name: node, ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node, uid }] },
  };
}

/** The uid of the Node that an object of ours was made for; empty when it names none. */
export function nodeUidOf({ owners }: Metadata): string {
  return owners.find(({ kind }) => kind === "Node")?.uid ?? "";
}
