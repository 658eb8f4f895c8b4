import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";

const claimSchema = z.object({ spec: z.object({ accessModes: z.array(z.string()).nullish() }) });

/** Of a PersistentVolumeClaim: its volume may be used on one node at a time, or by one pod. */
export function isForOneNode(claim: Json): boolean {
  const parsed = claimSchema.safeParse(claim);
  const modes = parsed.success ? (parsed.data.spec.accessModes ?? []) : [];
  return !modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
}
