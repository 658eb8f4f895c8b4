import type { Json } from "../coordinator/ports.ts";
import { shortHash } from "../core/fleet/order.ts";
import { formatInstant, type Instant } from "../core/instant.ts";
import type { UnderPolicy } from "../core/policy/under-policy.ts";

export interface EventFacts {
  /** The cluster-scoped object that it is about. */
  readonly about: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
  /** The policy that it was done under. */
  readonly under: UnderPolicy;
}

/** A core/v1 Event, as `kubectl describe` shows it. The same fact has the same name, so it is written once. */
export function eventObject({ about, type, reason, message, at, under }: EventFacts): Json {
  const time = `${formatInstant(at).slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: `${about.name}.${shortHash([about.uid, reason, message, time])}`,
      namespace: "default",
      annotations: annotationsOf(under),
    },
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

/** An Event has no fields of one's own. */
const annotationsOf = ({ policyCommit, policyPull }: UnderPolicy): Readonly<Record<string, string>> => ({
  ...(policyCommit === null ? {} : { "bootswain.dev/policy-commit": policyCommit }),
  ...(policyPull === null ? {} : { "bootswain.dev/policy-pull": String(policyPull) }),
});
