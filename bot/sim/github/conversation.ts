import type { Instant } from "../../core/instant.ts";
import type { Fields } from "../slack/fields.ts";
import type { Repository } from "./repository.ts";

/** Who did something: a person, or an app as "name[bot]". */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
}

export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly author: Account;
  readonly base: { readonly ref: string; readonly sha: string };
  readonly head: {
    /** The fork's, if it is from one; that may be gone by now. */
    readonly repository: Repository;
    readonly owner: string;
    readonly ref: string;
    readonly sha: string;
  };
  readonly state: "open" | "closed";
  readonly isDraft: boolean;
  /** The base's head after the merge; null if it was not merged. */
  readonly mergeCommit: string | null;
  /** What the merge added to the base: of a rebase one for each commit. */
  readonly landed: readonly string[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
}

export interface Comment {
  readonly id: number;
  readonly number: number;
  readonly body: string;
  readonly author: Account;
  /** The app through which it was written. */
  readonly appId: number | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** All runs of an app on a commit. */
export interface CheckSuite {
  /** Somebody asked for it to be run again, and its app has done nothing since. */
  readonly isAsked: boolean;
  readonly id: number;
  readonly appId: number;
  readonly headSha: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly appId: number;
  readonly headSha: string;
  readonly name: string;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
  readonly annotations: readonly Fields[];
  readonly startedAt: Instant;
  readonly completedAt: Instant | null;
}

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly createdAt: Instant;
}
