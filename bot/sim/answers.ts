import type { Duration } from "../core/instant.ts";

/** The server's answer without what the way to it adds. */
export interface ServerAnswer {
  readonly code: number;
  readonly body: unknown;
  readonly retryAfter?: Duration;
}

interface Cause {
  readonly reason: string;
  readonly message: string;
}

/** A Kubernetes Status of failure. */
export function failure(code: number, reason: string, message: string, causes: readonly Cause[] = []): ServerAnswer {
  const details = causes.length === 0 ? {} : { details: { causes } };
  return {
    code,
    body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, ...details, code },
  };
}

export const notFound = (resource: string, name: string): ServerAnswer =>
  failure(404, "NotFound", `${resource} "${name}" not found`);

export const conflict = (resource: string, name: string): ServerAnswer =>
  failure(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resource} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
  );

export const wrongUid = (resource: string, name: string, wanted: string, found: string): ServerAnswer =>
  failure(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resource} "${name}": Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`,
  );

/** The admission plugin NamespaceLifecycle: nothing new is made in a namespace that ends, no eviction either. */
export const namespaceEnds = (resource: string, name: string, namespace: string): ServerAnswer =>
  failure(
    403,
    "Forbidden",
    `${resource} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    [{ reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated` }],
  );

/** Success without an object, as evictions and some deletions answer. */
export const success = (code: number): ServerAnswer => ({
  code,
  body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code },
});
