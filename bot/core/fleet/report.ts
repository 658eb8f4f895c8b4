import type { Instant } from "../instant.ts";
import type { BootId, NodeName, NodeUid, OrderId } from "./node.ts";

/** Why a host needs a reboot. `identity` stays the same for as long as the need is the same one. */
export interface Reason {
  readonly kind: string;
  readonly identity: string;
  readonly text: string;
  readonly since: Instant;
}

export interface Pending {
  readonly since: Instant;
  readonly reasons: readonly Reason[];
}

/** How far the agent is with one order; each step carries the time at which the agent wrote it. */
export interface OrderProgress {
  readonly id: OrderId;
  readonly ready: Instant | null;
  readonly accepted: Instant | null;
  readonly rebooting: Instant | null;
  readonly dropped: Instant | null;
  readonly message: string | null;
}

/** What a node's agent says of its host. */
export interface HostReport {
  readonly node: NodeName;
  readonly nodeUid: NodeUid;
  readonly bootId: BootId | null;
  readonly bootedAt: Instant | null;
  readonly os: string | null;
  readonly kernel: string | null;
  readonly pending: Pending | null;
  readonly order: OrderProgress | null;
  readonly heartbeat: Instant | null;
  readonly agentVersion: string | null;
}
