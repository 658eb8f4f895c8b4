import type { Instant } from "../instant.ts";
import type { CommitFacts } from "../policy/origin.ts";
import type { Condition } from "./condition.ts";
import type { NodeName, NodeUid, OrderId } from "./node.ts";

/** Permission to take one node out of service. The slots are the truth about how many are taken. */
export interface Slot {
  readonly node: NodeName;
  readonly uid: NodeUid;
  readonly order: OrderId;
}

/** A good policy as it is kept, with what is known of it. */
export interface KeptPolicy extends CommitFacts {
  readonly commit: string | null;
  /** The policy, whole; null where none was kept. */
  readonly text: string | null;
  /** Since when the policy of this commit is in force; absent where none is. */
  readonly inForceSince?: Instant;
  /** Whose signature on it was checked; absent where none is asked for. */
  readonly signedBy?: string;
  /** The file of allowed signers that allowed it, in short; absent where no signature is asked for. */
  readonly keysDigest?: string;
  /** What people should know of where it comes from, as a sentence. */
  readonly note?: string;
}

/** The policy in force, as people see it; kept in RebootFleet so that the last good one survives restarts. With none all of that is absent. */
export interface PolicyStatus extends KeptPolicy {
  readonly source: string;
  readonly valid: boolean;
  readonly problems: readonly string[];
  /** Since when this is so: in force and the newest, or that a newer one is not used or the source not read. */
  readonly since: Instant;
  /** The last good policy of this source while it can't be used, which is no reason to lose it; absent while one is in force. */
  readonly putAside?: KeptPolicy;
}

/** A gate as it was read last, kept where people and the command line can read it. */
export interface GateStatus {
  readonly name: string;
  readonly state: "green" | "red" | "unreachable";
  /** What was read, as the end of a sentence. */
  readonly says: string;
  /** Since when it is in this state. */
  readonly since: Instant;
}

/** The RebootFleet resource, of which there is one. */
export interface Fleet {
  readonly version: string;
  /** By hand, in the spec; what people decided is a decision (core/decide/pause.ts). */
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly slots: readonly Slot[];
  readonly policy: PolicyStatus | null;
  readonly gates: readonly GateStatus[];
  readonly conditions: readonly Condition[];
  /** Changes whenever somebody says that there is something new where the policy comes from; what it says is for people. */
  readonly lookAgain: string | null;
}
