import type { Stoppable } from "../coordinator/ports.ts";
import type { Instant } from "../core/instant.ts";
import type { PullRequest } from "../core/policy/policy.ts";

export interface PolicyCommit {
  readonly id: string;
  /** The first line of its message. */
  readonly subject: string;
  readonly author: string;
  readonly when: Instant | null;
  /** Where people see it in a browser; null where nobody knows. */
  readonly url: string | null;
  /** What brought it, where that is known. */
  readonly pull: PullRequest | null;
}

/** By which keys a reading was judged. */
interface Judged {
  /**
   * Of the file of allowed signers, and the commit in force was judged by it too where this place read it; null where that
   * can't be told now, absent where no signature is asked for.
   */
  readonly keysDigest?: string | null;
}

/** What a place holds now. `unfit` and `unsigned` are findings; `unreachable` says nothing about the policy. */
export type Reading = Judged &
  (
    | {
        readonly kind: "read";
        readonly content: string;
        /** Null for a plain file. */
        readonly commit: PolicyCommit | null;
        /** Whose signature was checked; null where none is asked for. */
        readonly verified: string | null;
        /** What people should know beside the policy. */
        readonly note: string | null;
      }
    | { readonly kind: "unfit"; readonly problem: string; readonly commit: string | null; readonly note: string | null }
    | { readonly kind: "unsigned"; readonly problem: string; readonly commit: string; readonly note: string | null }
    | { readonly kind: "unreachable"; readonly problem: string }
  );

/** The commit that is in force from a place, as whoever takes its policies knows it; null where there is none. */
export type InForce = () => string | null;

export const NONE_IN_FORCE: InForce = () => null;

/** Where a policy is kept: a plain file, or a repository however it is reached. */
export interface PolicyPlace {
  /** As people see it; a policy that was kept from a place of another name is not taken for this one's. */
  readonly name: string;
  /** As it stands in problems of the policy. */
  readonly file: string;
  /** Never rejects. */
  read(signal: AbortSignal, inForce?: InForce): Promise<Reading>;
  /** Tells of changes sooner than the next reading would, where the place can. */
  watch?(changed: () => void): Stoppable;
}

/** The problem of a place that could not be read. */
export const unread = (name: string, why: string): string => `The policy could not be read from ${name}: ${why}.`;
