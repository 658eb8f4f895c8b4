import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { BudgetPromise, DisruptionBudget } from "../../core/fleet/disruption-budget.ts";
import { labelSelectorSchema, readLabelSelector } from "./label-selector.ts";
import { parseMetadata } from "./metadata.ts";

const number = z.number().default(0);
const amount = z.union([z.number(), z.string()]).nullish();

const budgetSchema = z.object({
  spec: z
    .object({
      selector: labelSelectorSchema.nullish(),
      minAvailable: amount,
      maxUnavailable: amount,
      unhealthyPodEvictionPolicy: z.string().nullish(),
    })
    .prefault({}),
  status: z
    .object({
      observedGeneration: number,
      currentHealthy: number,
      desiredHealthy: number,
      expectedPods: number,
      disruptionsAllowed: number,
      conditions: z
        .array(z.object({ type: z.string(), reason: z.string().nullish(), message: z.string().nullish() }))
        .nullish(),
    })
    .prefault({}),
});

export function parseDisruptionBudget(object: Json): DisruptionBudget | null {
  const metadata = parseMetadata(object);
  const parsed = budgetSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { namespace, name, uid, generation } = metadata;
  const { conditions, ...numbers } = parsed.data.status;
  const { selector, unhealthyPodEvictionPolicy } = parsed.data.spec;
  const failed = conditions?.find(({ type, reason }) => type === "DisruptionAllowed" && reason === "SyncFailed");
  return {
    namespace,
    name,
    uid,
    generation,
    ...numbers,
    selector: selector == null ? null : readLabelSelector(selector),
    promise: promiseOf(parsed.data.spec),
    unhealthyPods: unhealthyPodEvictionPolicy === "AlwaysAllow" ? "AlwaysAllow" : "IfHealthyBudget",
    syncProblem: failed === undefined ? null : (failed.message ?? "").slice(0, 500),
  };
}

function promiseOf({ minAvailable, maxUnavailable }: z.infer<typeof budgetSchema>["spec"]): BudgetPromise | null {
  if (maxUnavailable != null) return { kind: "maxUnavailable", value: maxUnavailable };
  return minAvailable == null ? null : { kind: "minAvailable", value: minAvailable };
}
