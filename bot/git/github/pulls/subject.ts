import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Duration } from "../../../core/instant.ts";
import type { MergeGroup } from "./merge-groups.ts";
import type { Pull } from "./open-pulls.ts";
import type { Verdict } from "./verdict.ts";

/** Something that the bot answers by a check on its newest commit. */
export type Subject = Pull | MergeGroup;

/** What one wants to hear. */
export type Wish =
  | { readonly kind: "nothing" }
  /** GitHub is about to say more. */
  | { readonly kind: "soon" }
  | Question;

export interface Question {
  readonly kind: "question";
  /** All that the answer depends on, but for the cluster: another one wants another answer. */
  readonly what: string;
  /** For so long the answer counts; null where the cluster has no part in it. */
  readonly lasts: Duration | null;
  /** Rejects with CallFailed, or with Over. */
  readonly judge: (turn: Turn) => Promise<Verdict>;
}

/** As people call it; by this it is known again. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case "pull request":
      return `#${subject.number}`;
    case "merge group":
      return subject.branch;
    default:
      return subject satisfies never;
  }
}

/** How a line of the log names it. */
export function fieldsOf(subject: Subject): Readonly<Record<string, string | number>> {
  return subject.kind === "pull request" ? { pull: subject.number } : { group: subject.branch };
}
