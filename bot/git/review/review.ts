import type { Snapshot } from "../../core/fleet/snapshot.ts";
import type { Instant } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { Problem } from "../../core/policy/problem.ts";

/** What the policy's file would be if a pull request were merged; `unfit` says as a sentence what is there instead of a policy. */
export type Proposal =
  | { readonly kind: "text"; readonly file: string; readonly text: string }
  | { readonly kind: "unfit"; readonly file: string; readonly problem: string };

/** The parser stays outside, since adapters don't know each other. */
export type Check = (
  text: string,
  file: string,
) =>
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The cluster that a proposal is judged against. */
export interface Standing {
  readonly clusterName: string;
  readonly snapshot: Snapshot;
  readonly inForce: Policy | undefined;
  readonly now: Instant;
}

/** Something to show beside a line of the policy's file. */
export interface Annotation {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly level: "failure" | "warning";
  readonly title: string;
  readonly message: string;
}

/** What the bot says to a proposal. */
export interface Review {
  /** Whether the bot would take it. */
  readonly isGood: boolean;
  /** One plain line, at most 120 characters: what is wrong, or what would change. */
  readonly title: string;
  /** Markdown, at most 60,000 characters. Says each problem with its place too, for where there are no annotations. */
  readonly text: string;
  /** All of them, in the order of their lines; whoever shows them sees to batches. */
  readonly annotations: readonly Annotation[];
}
