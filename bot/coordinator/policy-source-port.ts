import type { PolicyStatus } from "../core/fleet/fleet.ts";
import type { PolicyOrigin } from "../core/policy/origin.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Stoppable } from "./ports.ts";

/** Makes a policy of a text that was good when it was kept, with what was kept of its origin; null when it is not any more. */
export type Reparse = (text: string, origin: PolicyOrigin) => Policy | null;

/**
 * What a policy source found: a good policy, or why what it found can't be used. `unsigned`: no key that is allowed now
 * signed this commit, also where it was taken before.
 */
export type PolicyNews = JudgedByKeys &
  (
    | {
        readonly kind: "good";
        readonly policy: Policy;
        readonly source: string;
        /** What the policy was parsed from; null where there is no text to keep. */
        readonly text: string | null;
        /** Whose signature was checked; absent where none is asked for. */
        readonly signedBy?: string;
        /** What people should know of where it comes from, as a sentence. */
        readonly note?: string;
      }
    | {
        readonly kind: "bad" | "unsigned";
        readonly problems: readonly string[];
        readonly source: string;
        readonly commit: string | null;
      }
  );

interface JudgedByKeys {
  /**
   * The file of allowed signers by which this was judged, and the policy in force as well where this source told of it; null
   * where that can't be told now, absent where no signature is asked for.
   */
  readonly keysDigest?: string | null;
}

/** Where the policy in force is from: what the source compares the newest commit with. */
export type PolicyInForce = Pick<PolicyStatus, "source" | "commit">;

export interface PolicySource {
  /** Calls `heard` with the first reading and at each change. */
  start(heard: (news: PolicyNews) => void, inForce?: () => PolicyInForce | null): RunningSource;
}

export interface RunningSource extends Stoppable {
  /** Somebody says that something changed there: it looks sooner. Only what it then reads counts. */
  hurry(): void;
}
