import type { Call, Json } from "../coordinator/ports.ts";
import { pathOf } from "./paths.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** The answer is plain text, where it is no failure. */
  readonly isText?: boolean;
}

/** What goes over the wire for a call. */
export function requestOf(call: Call): HttpRequest {
  const { resource, namespace } = call;
  switch (call.verb) {
    case "get":
      return { method: "GET", path: pathOf(resource, namespace, call.name), query: {} };
    case "list":
      return { method: "GET", path: pathOf(resource, namespace), query: listQuery(call) };
    case "create":
      return { method: "POST", path: pathOf(resource, namespace), query: dryRunQuery(call), body: call.object };
    case "update": {
      const subresource = call.subresource === undefined ? [] : [call.subresource];
      return {
        method: "PUT",
        path: pathOf(resource, namespace, call.name, ...subresource),
        query: dryRunQuery(call),
        body: call.object,
      };
    }
    case "delete":
      return { method: "DELETE", path: pathOf(resource, namespace, call.name), query: {}, body: deleteOptions(call) };
    case "log": {
      const { name, container, tailLines, limitBytes } = call;
      const query = { container, tailLines: String(tailLines), limitBytes: String(limitBytes) };
      return { method: "GET", path: pathOf(resource, namespace, name, "log"), query, isText: true };
    }
    case "evict":
      return {
        method: "POST",
        path: pathOf(resource, namespace, call.name, "eviction"),
        query: dryRunQuery(call),
        body: eviction(call),
      };
    default:
      return call satisfies never;
  }
}

function listQuery(call: Call & { readonly verb: "list" }): Record<string, string> {
  const query: Record<string, string> = {};
  if (call.fieldSelector !== undefined) query["fieldSelector"] = call.fieldSelector;
  if (call.labelSelector !== undefined) query["labelSelector"] = call.labelSelector;
  if (call.limit !== undefined) query["limit"] = String(call.limit);
  if (call.continue !== undefined) query["continue"] = call.continue;
  if (call.resourceVersion !== undefined) query["resourceVersion"] = call.resourceVersion;
  return query;
}

function deleteOptions({ uid, graceSeconds }: Call & { readonly verb: "delete" }): Json {
  return {
    apiVersion: "v1",
    kind: "DeleteOptions",
    ...(uid === undefined ? {} : { preconditions: { uid } }),
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
  };
}

const dryRunQuery = ({ dryRun }: { readonly dryRun?: boolean }): Readonly<Record<string, string>> =>
  dryRun === true ? { dryRun: "All" } : {};

function eviction({ namespace, name, uid, dryRun, graceSeconds }: Call & { readonly verb: "evict" }): Json {
  return {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace },
    deleteOptions: {
      preconditions: { uid },
      ...(dryRun === true ? { dryRun: ["All"] } : {}),
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    },
  };
}
