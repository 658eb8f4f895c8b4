import type { Logged } from "../event-log.ts";
import type { CheckRun, CheckSuite, Comment, Pull, Status } from "./conversation.ts";
import type { MergeGroup } from "./merge-queue.ts";
import type { Repository } from "./repository.ts";

export type PullAction =
  | "opened"
  | "synchronize"
  | "closed"
  | "reopened"
  | "edited"
  | "ready_for_review"
  | "converted_to_draft";

export type GitHubNews =
  /** A ref moved: `before` is null when it is new, `after` when it is gone. */
  | {
      readonly kind: "pushed";
      readonly repository: Repository;
      readonly ref: string;
      readonly before: string | null;
      readonly after: string | null;
      readonly forced: boolean;
    }
  | {
      readonly kind: "pull-request";
      readonly action: PullAction;
      readonly repository: Repository;
      readonly pull: Pull;
      /** The head's sha before, where it moved. */
      readonly before: string | null;
      /** The pull request before it was edited. */
      readonly was: Pull | null;
    }
  | {
      readonly kind: "comment";
      readonly action: "created" | "edited" | "deleted";
      readonly repository: Repository;
      readonly comment: Comment;
    }
  | {
      readonly kind: "check-run";
      readonly action: "created" | "updated" | "rerequested";
      readonly repository: Repository;
      readonly run: CheckRun;
    }
  | {
      readonly kind: "check-suite";
      readonly action: "rerequested";
      readonly repository: Repository;
      readonly suite: CheckSuite;
    }
  | {
      readonly kind: "merge-group";
      readonly action: "checks_requested" | "destroyed";
      readonly repository: Repository;
      readonly group: MergeGroup;
      /** Why it is gone; null while it is there. */
      readonly reason: "merged" | "dequeued" | "invalidated" | null;
    }
  | { readonly kind: "status"; readonly repository: Repository; readonly status: Status };

export type GitHubEvent = Logged<GitHubNews>;
