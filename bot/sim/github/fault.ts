import type { Duration } from "../../core/instant.ts";

/** What a route answers instead of doing its work. */
export type Fault =
  | { readonly kind: "status"; readonly code: number; readonly message?: string }
  /** A page of a proxy or of the unicorn, where JSON should be. */
  | { readonly kind: "html"; readonly code: number }
  /** The connection ends without an answer; `arrived` says whether the request was carried out before. */
  | { readonly kind: "cut"; readonly arrived: boolean }
  /** Carried out and answered after this time, by the given clock. */
  | { readonly kind: "slow"; readonly delay: Duration }
  /** The hour's calls are used up; they come back after `resetIn`. */
  | { readonly kind: "primary limit"; readonly code: 403 | 429; readonly resetIn: Duration }
  /** Without seconds there is no retry-after. */
  | { readonly kind: "secondary limit"; readonly code: 403 | 429; readonly retryAfterSeconds?: number };
