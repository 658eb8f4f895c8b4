import type { Json } from "../coordinator/ports.ts";
import type { NodeUid, OrderId } from "../core/fleet/node.ts";
import { encouraged, marked, unmarked } from "./node-marks.ts";
import { joined, type NodeParts, nodeParts } from "./node-parts.ts";

export const CORDONED_FOR = "bootswain.dev/cordoned-for";
export const LIFTED_FOR = "bootswain.dev/lifted-for";

type Labels = Readonly<Record<string, string>>;

/**
 * The Node with our cordon and the marks that go with it, `labels` among them; null when it must not be made: another node
 * of that name, cordoned by someone (but where a person let us adopt that), or lifted since.
 */
export function cordoned(
  node: Json,
  uid: NodeUid,
  order: OrderId,
  { labels = {}, adopts = false }: { readonly labels?: Labels; readonly adopts?: boolean } = {},
): Json | null {
  const parts = nodeParts(node, uid);
  if (parts === null || parts.annotations.get(LIFTED_FOR) === order) return null;
  if (parts.spec["unschedulable"] === true && !adopts) return null;
  const marks = marked(parts, new Map(Object.entries(labels)));
  return joined({
    ...parts,
    labels: marks.labels,
    annotations: new Map([...marks.annotations, [CORDONED_FOR, order]]),
    spec: { ...parts.spec, unschedulable: true },
  });
}

/**
 * The Node without the cordon of `order`, marked as lifted for it. The mark is written also where no cordon is shown: the
 * write moves the Node's version, so that a cordon of that order still on its way is refused. A cordon of someone else
 * stays. `labels` are those of a node that was rebooted for the order, which is pending no more; null if it was not. With
 * `keeps` the node stays cordoned, and the cordon is nobody's of ours any more.
 */
export function uncordoned(
  node: Json,
  uid: NodeUid,
  order: OrderId,
  { labels: after = null, keeps = false }: { readonly labels?: Labels | null; readonly keeps?: boolean } = {},
): Json | null {
  const parts = nodeParts(node, uid);
  if (parts === null) return null;
  const cordonedFor = parts.annotations.get(CORDONED_FOR);
  const isOfAnother = cordonedFor !== undefined && cordonedFor !== order;
  const freed = isOfAnother ? parts : withoutMarks(parts, after);
  const isLifted = cordonedFor === order && !keeps;
  const { unschedulable, ...schedulable } = freed.spec;
  return joined({
    ...freed,
    annotations: new Map([...freed.annotations, [LIFTED_FOR, order]]),
    spec: isLifted || unschedulable === undefined ? schedulable : freed.spec,
  });
}

/** Also where someone took the cordon's own mark away: no order is left to which the others could belong. */
function withoutMarks(parts: NodeParts, after: Labels | null): NodeParts {
  const { labels, annotations } = unmarked(parts);
  const others = new Map(annotations);
  others.delete(CORDONED_FOR);
  return {
    ...parts,
    labels: new Map([...labels, ...Object.entries(after ?? {})]),
    annotations: others,
    spec: after === null ? parts.spec : encouraged(parts.spec),
  };
}
