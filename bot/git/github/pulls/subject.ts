import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Duration } from "../../../core/instant.ts";
import type { Pull } from "./open-pulls.ts";
import type { Verdict } from "./verdict.ts";

/** Something that the bot answers by a check on its newest commit. */
export type Subject = Pull;

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
export const nameOf = ({ number }: Subject): string => `#${number}`;
