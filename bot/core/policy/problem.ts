/** An error keeps the policy from being used; a warning does not. */
export type Severity = "error" | "warning";

/** One thing that is wrong with a policy, where it stands. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The keys that lead there, as in pools[0].windows. */
  readonly path: string;
  readonly message: string;
  readonly severity: Severity;
}
