import type { Diagnosis } from "../../fleet/diagnosis.ts";
import type { Evidence } from "../../fleet/workload.ts";

export function diagnose({ workload }: Evidence): Diagnosis {
  return { verdict: "can never be satisfied", cause: "unknown", says: `${workload.kind}.`, fixes: [], owner: null };
}
