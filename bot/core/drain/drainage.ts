import type { Snapshot } from "../fleet/snapshot.ts";
import type { Instant } from "../instant.ts";
import type { Sieve } from "./filter.ts";

/** The drain under way that a pod is looked at for. */
export interface Drainage {
  readonly snapshot: Snapshot;
  readonly sieve: Sieve;
  readonly order: string;
  /** When the drain began. */
  readonly since: Instant;
}
