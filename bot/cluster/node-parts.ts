import type { Json } from "../coordinator/ports.ts";
import type { NodeUid } from "../core/fleet/node.ts";
import { isRecord } from "./json.ts";

/** Maps, since a label may be called `constructor`. */
export type Texts = ReadonlyMap<string, string>;

/** A Node taken apart, so that a write changes what it means to and leaves everything else. */
export interface NodeParts {
  readonly node: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Null for another node of that name, and for what is no node. */
export function nodeParts(node: Json, uid: NodeUid): NodeParts | null {
  if (!isRecord(node) || !isRecord(node["metadata"]) || node["metadata"]["uid"] !== uid) return null;
  const { metadata, spec } = node;
  return {
    node,
    metadata,
    labels: textsOf(metadata["labels"]),
    annotations: textsOf(metadata["annotations"]),
    spec: isRecord(spec) ? spec : {},
  };
}

/** The Node with its parts put together again. */
export function joined({ node, metadata, labels, annotations, spec }: NodeParts): Json {
  const texts = { ...textsAt(metadata, "labels", labels), ...textsAt(metadata, "annotations", annotations) };
  return { ...node, metadata: { ...metadata, ...texts }, spec };
}

/** Nothing is added where nothing was. */
const textsAt = (metadata: object, key: "labels" | "annotations", texts: Texts): object =>
  texts.size === 0 && !Object.hasOwn(metadata, key) ? {} : { [key]: Object.fromEntries(texts) };

function textsOf(value: unknown): Texts {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : [])));
}
