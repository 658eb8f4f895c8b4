import { z } from "zod";
import type { LabelSelector, Requirement } from "../../core/fleet/label-selector.ts";

const requirement = z.object({
  key: z.string(),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
  values: z.array(z.string()).nullish(),
});

export const labelSelectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).nullish(),
  matchExpressions: z.array(requirement).nullish(),
});

type Sent = z.infer<typeof requirement>;

const readRequirement = ({ values, ...rest }: Sent): Requirement => ({ ...rest, values: values ?? [] });

export function readLabelSelector({
  matchLabels,
  matchExpressions,
}: z.infer<typeof labelSelectorSchema>): LabelSelector {
  const labels = Object.entries(matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: "In", values: [value] }),
  );
  return [...labels, ...(matchExpressions ?? []).map(readRequirement)];
}

/** As a list call takes it; Gt and Lt are not for labels of pods, and never stand in such a selector. */
export function labelSelectorText(selector: LabelSelector): string {
  return selector.map(requirementText).join(",");
}

function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    case "In":
    case "NotIn":
      return `${key} ${operator === "In" ? "in" : "notin"} (${values.join(",")})`;
    case "Gt":
    case "Lt":
      return `${key} ${operator === "Gt" ? ">" : "<"} ${values[0] ?? ""}`;
    default:
      return operator satisfies never;
  }
}

export const nodeTermSchema = z.object({
  matchExpressions: z.array(requirement).nullish(),
  matchFields: z.array(requirement).nullish(),
});

/** One term of a node affinity; metadata.name is the one field that it may name. */
export const readNodeTerm = ({ matchExpressions, matchFields }: z.infer<typeof nodeTermSchema>): LabelSelector =>
  [...(matchExpressions ?? []), ...(matchFields ?? [])].map(readRequirement);

/** "a=b,c=d", as a request's labelSelector takes it. */
export const matchLabelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map((pair) => pair.join("="))
    .join(",");
