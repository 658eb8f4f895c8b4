import { at, list, text } from "./world.ts";

type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector, or of a node selector term. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Whether an object's selector takes these labels: no selector takes nothing, an empty one everything. */
export function selects(selector: unknown, labels: Labels | undefined): boolean {
  if (typeof selector !== "object" || selector === null) return false;
  return requirementsOf(selector).every((requirement) => isMet(requirement, labels ?? {}));
}

function requirementsOf(selector: unknown): readonly Requirement[] {
  const equal = Object.entries(at(selector, "matchLabels") ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: "In", values: [text(value)] }),
  );
  return [...equal, ...expressionsOf(at(selector, "matchExpressions"))];
}

export function expressionsOf(expressions: unknown): readonly Requirement[] {
  return list(expressions).map((one) => ({
    key: text(at(one, "key")),
    operator: text(at(one, "operator")),
    values: list(at(one, "values")).map(text),
  }));
}

/** A label that is absent meets NotIn and DoesNotExist, and nothing else. */
export function isMet({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined) return operator === "NotIn" || operator === "DoesNotExist";
  switch (operator) {
    case "In":
      return values.includes(value);
    case "NotIn":
      return !values.includes(value);
    case "Exists":
      return true;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}
