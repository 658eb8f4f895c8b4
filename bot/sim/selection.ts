import type { Stored } from "./objects.ts";
import { isMet, type Requirement } from "./rules/label-selector.ts";
import { at, text } from "./rules/world.ts";
import { parseSelectorText } from "./selector-text.ts";

/** What a list or watch is limited to. */
export interface Selection {
  readonly namespace: string | undefined;
  /** `metadata.name=x` or `spec.nodeName=x`: the two that are asked for. */
  readonly field: readonly [path: readonly string[], wanted: string] | null;
  readonly labels: readonly Requirement[];
}

interface Asked {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export function selectionOf({ namespace, fieldSelector, labelSelector }: Asked): Selection {
  const [path = "", wanted = ""] = (fieldSelector ?? "").split("=");
  return {
    namespace,
    field: fieldSelector === undefined ? null : [path.split("."), wanted],
    labels: parseSelectorText(labelSelector ?? ""),
  };
}

export function matches(object: Stored, { namespace, field, labels }: Selection): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (field !== null && text(at(object, ...field[0])) !== field[1]) return false;
  return labels.every((requirement) => isMet(requirement, object.metadata.labels ?? {}));
}
