import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { DisruptionBudget } from "../../core/fleet/disruption-budget.ts";
import { parseMetadata } from "./metadata.ts";

const number = z.number().default(0);

const budgetSchema = z.object({
  status: z
    .object({
      observedGeneration: number,
      currentHealthy: number,
      desiredHealthy: number,
      expectedPods: number,
      disruptionsAllowed: number,
    })
    .prefault({}),
});

export function parseDisruptionBudget(object: Json): DisruptionBudget | null {
  const metadata = parseMetadata(object);
  const parsed = budgetSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { namespace, name, uid, generation } = metadata;
  return { namespace, name, uid, generation, ...parsed.data.status };
}
