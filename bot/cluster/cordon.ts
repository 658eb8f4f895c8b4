import type { Json } from "../coordinator/ports.ts";
import type { NodeUid, OrderId } from "../core/fleet/node.ts";
import { isRecord } from "./json.ts";

export const CORDONED_FOR = "bootswain.dev/cordoned-for";
export const LIFTED_FOR = "bootswain.dev/lifted-for";

/** The Node with our cordon; null when it must not be made: another node of that name, cordoned by someone, or lifted since. */
export function cordoned(node: Json, uid: NodeUid, order: OrderId): Json | null {
  const parts = partsOf(node, uid);
  if (parts === null || parts.spec["unschedulable"] === true || parts.annotations[LIFTED_FOR] === order) return null;
  return rebuilt(parts, { ...parts.spec, unschedulable: true }, { ...parts.annotations, [CORDONED_FOR]: order });
}

/**
 * The Node without the cordon of `order`, marked as lifted for it. The mark is written also where no cordon is shown: the
 * write moves the Node's version, so that a cordon of that order still on its way is refused. A cordon of someone else stays.
 */
export function uncordoned(node: Json, uid: NodeUid, order: OrderId): Json | null {
  const parts = partsOf(node, uid);
  if (parts === null) return null;
  const { [CORDONED_FOR]: cordonedFor, ...others } = parts.annotations;
  const isOurs = cordonedFor === order;
  const { unschedulable, ...schedulable } = parts.spec;
  const annotations = isOurs || cordonedFor === undefined ? others : parts.annotations;
  const spec = isOurs || unschedulable === undefined ? schedulable : parts.spec;
  return rebuilt(parts, spec, { ...annotations, [LIFTED_FOR]: order });
}

interface NodeParts {
  readonly node: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly annotations: Record<string, unknown>;
  readonly spec: Record<string, unknown>;
}

function partsOf(node: Json, uid: NodeUid): NodeParts | null {
  if (!isRecord(node) || !isRecord(node["metadata"]) || node["metadata"]["uid"] !== uid) return null;
  const { annotations } = node["metadata"];
  const spec = node["spec"];
  return {
    node,
    metadata: node["metadata"],
    annotations: isRecord(annotations) ? annotations : {},
    spec: isRecord(spec) ? spec : {},
  };
}

const rebuilt = ({ node, metadata }: NodeParts, spec: object, annotations: object): Json => ({
  ...node,
  metadata: { ...metadata, annotations },
  spec,
});
