import type { Json } from "../coordinator/ports.ts";
import type { NodeName, NodeUid } from "../core/fleet/node.ts";
import { shortHash } from "../core/fleet/order.ts";
import { formatInstant, type Instant } from "../core/instant.ts";

interface NodeEvent {
  readonly node: NodeName;
  readonly nodeUid: NodeUid;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
}

/** A core/v1 Event on a Node, as `kubectl describe node` shows it. The same fact has the same name, so it is written once. */
export function eventObject({ node, nodeUid, type, reason, message, at }: NodeEvent): Json {
  const time = `${formatInstant(at).slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${node}.${shortHash([nodeUid, reason, message, time])}`, namespace: "default" },
    involvedObject: { apiVersion: "v1", kind: "Node", name: node, uid: nodeUid },
    type,
    reason,
    message,
    source: { component: "bootswain" },
    reportingComponent: "bootswain",
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
