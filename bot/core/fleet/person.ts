import type { Instant } from "../instant.ts";

/** What Slack says of a user now. `why` ends "You can't decide here: …". */
export type PersonReading =
  | {
      readonly kind: "member";
      readonly groups: readonly string[];
      /** User groups that could not be read: nothing is known of them. */
      readonly unread: readonly string[];
    }
  /** A guest, a bot, deactivated, or of another workspace. */
  | { readonly kind: "barred"; readonly why: string }
  | { readonly kind: "unreadable"; readonly why: string };

/** What Slack said last of a user whose decisions still matter; one that can't be read replaces none that could. */
export type SlackPerson = PersonReading & {
  /** When that was asked. */
  readonly at: Instant;
  /** The user groups that it tells of: those that were asked about and could be read. */
  readonly among: readonly string[];
  /** When Slack was asked last, whether or not it could answer. */
  readonly askedAt: Instant;
};

/** By their user ids. */
export type SlackPersons = ReadonlyMap<string, SlackPerson>;
