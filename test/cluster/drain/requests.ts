import type { AuditEvent } from "../../control-plane/audit.ts";
import { BOT_USER, read } from "../stage.ts";

/** One eviction that the bot asked for; no dry run. */
export interface EvictionRequest {
  readonly namespace: string;
  readonly name: string;
  /** The UID that it is for; "" for one without a precondition. */
  readonly uid: string;
  /** Null where the pod's own grace was left to the server. */
  readonly graceSeconds: unknown;
  readonly code: number;
  readonly askedAt: string;
  readonly answeredAt: string;
}

export function evictionsIn(audit: readonly AuditEvent[], namespace: string): readonly EvictionRequest[] {
  return audit.filter((event) => isEviction(event) && event.namespace === namespace).map(requestOf);
}

/** The pods that the bot only asked whether they could be evicted. */
export function dryRunsIn(audit: readonly AuditEvent[], namespace: string): readonly string[] {
  const asked = audit.filter(({ user, subresource }) => user === BOT_USER && subresource === "eviction");
  return asked.filter((event) => event.namespace === namespace && isDryRun(event)).map(({ name }) => name);
}

/** Pods that the bot deleted itself, past their budgets. */
export function deletionsIn(audit: readonly AuditEvent[], namespace: string): readonly AuditEvent[] {
  return audit.filter(
    ({ user, verb, resource, subresource, ...event }) =>
      user === BOT_USER &&
      verb === "delete" &&
      resource === "pods" &&
      subresource === "" &&
      event.namespace === namespace,
  );
}

/** Each state of the node's NodeReboot that was written. */
export function recordsIn(audit: readonly AuditEvent[], node: string): readonly AuditEvent[] {
  return audit.filter(
    ({ user, resource, subresource, name, code }) =>
      user === BOT_USER && resource === "nodereboots" && subresource === "status" && name === node && code === 200,
  );
}

function isEviction(event: AuditEvent): boolean {
  return event.user === BOT_USER && event.subresource === "eviction" && !isDryRun(event);
}

const isDryRun = ({ requestObject }: AuditEvent): boolean =>
  read(requestObject, "deleteOptions", "dryRun") !== undefined;

function requestOf(event: AuditEvent): EvictionRequest {
  const { namespace, name, code, requestObject } = event;
  return {
    namespace,
    name,
    uid: String(read(requestObject, "deleteOptions", "preconditions", "uid") ?? ""),
    graceSeconds: read(requestObject, "deleteOptions", "gracePeriodSeconds") ?? null,
    code,
    askedAt: event.requestReceivedTimestamp,
    answeredAt: event.stageTimestamp,
  };
}
