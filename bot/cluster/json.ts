import type { Json } from "../coordinator/ports.ts";

export const isRecord = (value: Json): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The sentence of a Kubernetes Status object. */
export function messageOf(status: Json): string {
  const message = isRecord(status) ? status["message"] : undefined;
  return typeof message === "string" ? message : "";
}

/** details.causes of a Kubernetes Status object. */
export function causesOf(status: Json): readonly { readonly reason: string; readonly message: string }[] {
  const details = isRecord(status) ? status["details"] : undefined;
  const causes = isRecord(details) ? details["causes"] : undefined;
  if (!Array.isArray(causes)) return [];
  return causes
    .filter(isRecord)
    .map((cause) => ({ reason: String(cause["reason"] ?? ""), message: String(cause["message"] ?? "") }));
}

/** metadata.resourceVersion, or the empty string. */
export function versionOf(object: Json): string {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  const version = isRecord(metadata) ? metadata["resourceVersion"] : undefined;
  return typeof version === "string" ? version : "";
}
