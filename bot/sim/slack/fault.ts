/** What a Web API method answers instead of doing its work. */
export type Fault =
  /** HTTP 429; without seconds there is no Retry-After header. */
  | { readonly kind: "rate-limited"; readonly retryAfterSeconds?: number }
  | { readonly kind: "status"; readonly code: number }
  /** `{ok: false, error}`: "invalid_auth", "fatal_error". */
  | { readonly kind: "error"; readonly error: string }
  /** The connection ends without an answer; `arrived` says whether the request was carried out before. */
  | { readonly kind: "cut"; readonly arrived: boolean };
