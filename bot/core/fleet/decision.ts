import type { Instant } from "../instant.ts";
import type { UnderPolicy } from "../policy/under-policy.ts";
import type { NodeName } from "./node.ts";

export const VERBS = [
  "approve",
  "now",
  "force",
  "skip",
  "retry",
  "move",
  "reboot",
  "adopt",
  "keep",
  "release",
  "withdraw",
  "pause",
  "resume",
] as const;
export type Verb = (typeof VERBS)[number];
/** What is said about the whole cluster: it names no node. */
export type FleetVerb = "pause" | "resume";
export type NodeVerb = Exclude<Verb, FleetVerb>;

/** Where a person's identity comes from; identities of two systems are one person only where `people` links them. */
export type Identity =
  | { readonly system: "slack"; readonly id: string }
  | { readonly system: "kubernetes"; readonly id: string };

/** One node that a decision is about, with the digest of what its maker was shown (null: whatever stands now). */
export interface Target {
  readonly node: NodeName;
  readonly digest: string | null;
}

/** The judgement of a decision by that policy, written once. `counted` means that it is allowed and in force until `validUntil`. */
export interface Judgement extends UnderPolicy {
  readonly outcome: "counted" | "refused";
  readonly says: string;
  readonly at: Instant;
  /** The person counted, so that two identities of one person never count as two people. */
  readonly person: string | null;
  readonly validUntil: Instant | null;
  /** The digests at the time of the judgement: the decision is void for a node whose digest has changed. */
  readonly bound: readonly { readonly node: NodeName; readonly digest: string }[];
  /** For force: the disruption budgets that may be broken, as namespace/name. */
  readonly blockers: readonly string[];
}

/** The RebootDecision resource: what a person asked for, and what came of it. */
export interface Decision {
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly createdAt: Instant;
  readonly verb: Verb;
  readonly targets: readonly Target[];
  readonly by: Identity;
  /** Groups of that system which the person is in; what is not said counts for nobody. */
  readonly groups: readonly string[];
  readonly reason: string | null;
  readonly until: Instant | null;
  readonly judgement: Judgement | null;
}
