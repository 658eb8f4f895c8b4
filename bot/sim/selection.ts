import type { Stored } from "./objects.ts";
import { at, text } from "./rules/world.ts";

/** What a list or watch is limited to. */
export interface Selection {
  readonly namespace: string | undefined;
  /** `metadata.name=x` or `spec.nodeName=x`: the two that are asked for. */
  readonly fieldSelector: string | undefined;
  /** `a=b`, `a in (b,c)`, `a notin (b)`, `a` and `!a`, with commas between. */
  readonly labelSelector: string | undefined;
}

export function matches(object: Stored, { namespace, fieldSelector, labelSelector }: Selection): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (labelSelector !== undefined && !hasLabels(object, labelSelector)) return false;
  if (fieldSelector === undefined) return true;
  const [path = "", wanted = ""] = fieldSelector.split("=");
  return text(at(object, ...path.split("."))) === wanted;
}

const REQUIREMENT = /(?<set>[^\s,=!()]+) (?<in>in|notin) \((?<values>[^)]*)\)|(?<key>[^,=]+)(?:=(?<value>[^,]*))?/g;

function hasLabels({ metadata: { labels = {} } }: Stored, labelSelector: string): boolean {
  return [...labelSelector.matchAll(REQUIREMENT)].every(({ groups = {} }) => {
    const { set, values = "", key = "", value } = groups;
    if (set !== undefined) return values.split(",").includes(labels[set] ?? "") === (groups["in"] === "in");
    if (key.startsWith("!")) return labels[key.slice(1)] === undefined;
    return value === undefined ? labels[key] !== undefined : labels[key] === value;
  });
}

/** Equality of matchLabels; an empty selector matches everything in the namespace. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = at(selector, "matchLabels");
  return Object.entries(typeof wanted === "object" && wanted !== null ? wanted : {}).every(
    ([key, value]) => labels?.[key] === value,
  );
}
