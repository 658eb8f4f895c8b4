import type { Labels } from "./label-selector.ts";
import type { Placement } from "./source.ts";
import { isTree, listAt, scalar, scalars, type Tree, textAt, treeAt } from "./tree.ts";

/** Every node with kured or with the agent is a Linux one. */
const SYSTEM_LABELS: readonly string[] = ["kubernetes.io/os", "beta.kubernetes.io/os"];

export const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
const OLD_CONTROL_PLANE = "node-role.kubernetes.io/master";

/** Where a pod with this spec runs; a chart's values have the same keys. */
export function placementOf(spec: Tree): Placement {
  const selected = Object.entries(treeAt(spec, "nodeSelector")).map(
    ([key, value]) => [key, scalar(value) ?? ""] as const,
  );
  const affinity = requiredAffinity(spec);
  const wanted = [...selected, ...affinity.labels].filter(([key]) => !SYSTEM_LABELS.includes(key));
  return {
    matchLabels: Object.fromEntries(wanted),
    hasMore: affinity.hasMore,
    toleratesControlPlane: listAt(spec, "tolerations").some(toleratesControlPlane),
  };
}

interface Affinity {
  readonly labels: readonly (readonly [string, string])[];
  readonly hasMore: boolean;
}

function requiredAffinity(spec: Tree): Affinity {
  const path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
  const terms = listAt(spec, ...path);
  const [term] = terms;
  if (term === undefined) return { labels: [], hasMore: false };
  const expressions = listAt(term, "matchExpressions");
  const labels = expressions.flatMap(oneLabel);
  const hasMore = terms.length > 1 || labels.length < expressions.length || listAt(term, "matchFields").length > 0;
  return { labels: terms.length > 1 ? [] : labels, hasMore };
}

function oneLabel(expression: unknown): readonly (readonly [string, string])[] {
  const key = textAt(expression, "key");
  const [value, ...more] = scalars(listAt(expression, "values"));
  const isOne = textAt(expression, "operator") === "In" && key !== null && value !== undefined && more.length === 0;
  return isOne ? [[key, value]] : [];
}

function toleratesControlPlane(toleration: unknown): boolean {
  if (!isTree(toleration)) return false;
  const key = textAt(toleration, "key") ?? "";
  const effect = textAt(toleration, "effect") ?? "";
  const value = textAt(toleration, "value") ?? "";
  const isAnyValue = value === "" || value === "true" || textAt(toleration, "operator") === "Exists";
  return ["", CONTROL_PLANE, OLD_CONTROL_PLANE].includes(key) && ["", "NoSchedule"].includes(effect) && isAnyValue;
}

export const isSame = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
