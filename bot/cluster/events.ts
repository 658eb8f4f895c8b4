import type { Json } from "../coordinator/ports.ts";
import { shortHash } from "../core/fleet/order.ts";
import { formatInstant, type Instant } from "../core/instant.ts";

export interface EventFacts {
  /** The cluster-scoped object that it is about. */
  readonly about: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
}

/** A core/v1 Event, as `kubectl describe` shows it. The same fact has the same name, so it is written once. */
export function eventObject({ about, type, reason, message, at }: EventFacts): Json {
  const time = `${formatInstant(at).slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${about.name}.${shortHash([about.uid, reason, message, time])}`, namespace: "default" },
    involvedObject: about,
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
