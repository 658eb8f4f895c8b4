import type { Instant } from "../core/instant.ts";

/** A freeze that somebody asked for in chat. */
export interface FreezeRequest {
  /** Made from where it was asked for: the same words delivered twice have the same one. Letters, digits and dashes. */
  readonly id: string;
  readonly cluster: string;
  /** Both to the minute. */
  readonly from: Instant;
  readonly until: Instant;
  /** Names of pools; null freezes all. */
  readonly pools: readonly string[] | null;
  readonly reason: string | null;
  /** Who asked, by the name that the policy has for them. */
  readonly by: string;
}

export type ProposalAnswer =
  /** A pull request is open. `repeated`: this very request had opened it before. */
  | { readonly kind: "proposed"; readonly number: number; readonly url: string; readonly repeated: boolean }
  /** Why none is open, as sentences for who asked. */
  | { readonly kind: "refused"; readonly why: string };

/** Proposes changes of the policy where people decide on them. Works on every replica. */
export interface Proposals {
  /** Never rejects, and answers within a bounded time. */
  proposeFreeze(request: FreezeRequest): Promise<ProposalAnswer>;
}

/** Where the policy is a plain file, or comes by git alone. */
export const NO_PROPOSALS: Proposals = {
  proposeFreeze: async () => ({
    kind: "refused",
    why: "This bot does not read its policy from GitHub, so it can open no pull request there: add the freeze to the policy by hand.",
  }),
};
