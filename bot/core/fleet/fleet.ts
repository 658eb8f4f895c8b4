import type { Instant } from "../instant.ts";
import type { NodeName, NodeUid, OrderId } from "./node.ts";

/** Permission to take one node out of service. The slots are the truth about how many are taken. */
export interface Slot {
  readonly node: NodeName;
  readonly uid: NodeUid;
  readonly order: OrderId;
}

/** What people see of the policy in force; kept in RebootFleet so that the last good one's origin survives restarts. */
export interface PolicyStatus {
  readonly source: string;
  readonly commit: string | null;
  readonly valid: boolean;
  readonly problems: readonly string[];
  readonly since: Instant;
}

/** The RebootFleet resource, of which there is one. */
export interface Fleet {
  readonly version: string;
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly slots: readonly Slot[];
  readonly policy: PolicyStatus | null;
}
