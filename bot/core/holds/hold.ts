import type { Instant } from "../instant.ts";

/** In the order in which they are looked at and shown (design, section 5). */
export const HOLD_KINDS = [
  "no policy",
  "no pool",
  "observe",
  "being removed",
  "another coordinator",
  "agent silent",
  "node not ready",
  "cordoned by someone",
  "paused",
  "skipped",
  "freeze",
  "released",
  "reboot did not help",
  "reboot did not happen",
  "back-off",
  "would be blocked",
  "unchecked",
  "quorum",
  "gate",
  "after",
  "window",
  "approval",
  "budget",
  "spread",
] as const;

export type HoldKind = (typeof HOLD_KINDS)[number];

/** Why a node may not go, as a sentence for people, with its end where that is known. */
export interface Hold {
  readonly kind: HoldKind;
  readonly says: string;
  readonly until: Instant | null;
}
