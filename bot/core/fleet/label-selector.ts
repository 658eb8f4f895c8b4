type Labels = Readonly<Record<string, string>>;

/** One requirement of a Kubernetes label selector or node selector term. */
export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values: readonly string[];
}

/** Every requirement must hold; none at all holds for everything. `matchLabels` is kept as requirements of one value. */
export type LabelSelector = readonly Requirement[];

/** As the API server reads them: NotIn holds for a label that is absent, Gt and Lt compare whole numbers. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => isMet(requirement, labels));
}

function isMet({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0]);
    case "Lt":
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return operator satisfies never;
  }
}
