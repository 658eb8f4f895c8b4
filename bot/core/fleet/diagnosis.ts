/** Whether waiting helps (design, section 6). */
export const VERDICTS = [
  "clears by itself",
  "needs capacity",
  "its operator may free it",
  "can never be satisfied",
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CAUSES = [
  "single replica",
  "every replica needed",
  "max unavailable 0",
  "min available 100 %",
  "two budgets",
  "unhealthy pods",
  "several owners",
  "no promise",
  "no controller",
  "operator",
  "starting",
  "no room",
  "protected",
  "still running",
  "before job",
  "terminating",
  "unknown",
] as const;
export type Cause = (typeof CAUSES)[number];

/** A change that would let the pod go: a command to copy, and what it does in words. */
export interface Fix {
  readonly says: string;
  readonly command: string;
}

/** A Deployment that can be restarted, so that its pods come up elsewhere before those that are there end. */
export interface Movable {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** What `kubectl rollout restart` wrote into its template last; null where it never did. */
  readonly restartedAt: string | null;
}

export type MoveOffer =
  | { readonly kind: "possible"; readonly deployment: Movable }
  /** `because` is the end of a sentence. */
  | { readonly kind: "impossible"; readonly because: string };

/** Why a pod may not go, for people and for the plan. */
export interface Diagnosis {
  readonly verdict: Verdict;
  readonly cause: Cause;
  /** Whole sentences, without the node's name. */
  readonly says: string;
  /** Best first; empty where waiting is all there is to do. */
  readonly fixes: readonly Fix[];
  /** Who makes the pod: "Deployment web"; null for nobody. */
  readonly owner: string | null;
  /** Whether it could be moved by a restart of its Deployment; null where no Deployment makes it. */
  readonly move: MoveOffer | null;
}
