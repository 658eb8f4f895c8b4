import type { Stored } from "./objects.ts";
import { at, text } from "./rules/world.ts";

/** What a list or watch is limited to. */
export interface Selection {
  readonly namespace: string | undefined;
  /** `metadata.name=x` or `spec.nodeName=x`: the two that are asked for. */
  readonly fieldSelector: string | undefined;
}

export function matches(object: Stored, { namespace, fieldSelector }: Selection): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (fieldSelector === undefined) return true;
  const [path = "", wanted = ""] = fieldSelector.split("=");
  return text(at(object, ...path.split("."))) === wanted;
}

/** Equality of matchLabels; an empty selector matches everything in the namespace. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = at(selector, "matchLabels");
  return Object.entries(typeof wanted === "object" && wanted !== null ? wanted : {}).every(
    ([key, value]) => labels?.[key] === value,
  );
}
