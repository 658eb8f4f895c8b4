import { z } from "zod";
import type { UnderPolicy } from "../../core/policy/under-policy.ts";
import { count, orAbsent } from "./fields.ts";

/** Under which policy something was decided. */
export const underSchema = { policyCommit: z.string().optional(), policyPull: count().optional() };

interface StoredUnder {
  readonly policyCommit?: string | undefined;
  readonly policyPull?: number | undefined;
}

export const readUnder = ({ policyCommit, policyPull }: StoredUnder): UnderPolicy => ({
  policyCommit: policyCommit ?? null,
  policyPull: policyPull ?? null,
});

export const storedUnder = ({ policyCommit, policyPull }: UnderPolicy): StoredUnder => ({
  policyCommit: orAbsent(policyCommit),
  policyPull: orAbsent(policyPull),
});
