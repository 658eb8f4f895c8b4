import type { KeyObject } from "node:crypto";
import type { Instant } from "../../core/instant.ts";
import type { Account } from "./conversation.ts";
import type { Repository } from "./repository.ts";

export type Permission = "metadata" | "contents" | "pull_requests" | "issues" | "checks" | "statuses" | "merge_queues";
export type Level = "read" | "write";
export type Permissions = Readonly<Partial<Record<Permission, Level>>>;

/** What hooks can hear of. */
export const EVENTS: readonly string[] = ["push", "pull_request", "check_run", "check_suite", "merge_group"];

/** An app has to be allowed to look at queues before it can ask to hear of merge groups. */
export const eventsFor = ({ merge_queues }: Permissions): readonly string[] =>
  EVENTS.filter((event) => event !== "merge_group" || merge_queues !== undefined);

export interface App {
  readonly id: number;
  readonly clientId: string;
  readonly slug: string;
  readonly owner: string;
  readonly publicKey: KeyObject;
  /** Of every installation. */
  readonly permissions: Permissions;
  /** What its hook hears of. */
  readonly events: readonly string[];
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  /** The account on which it is installed. */
  readonly account: string;
  /** By id. */
  readonly repositories: "all" | ReadonlySet<number>;
}

export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "app"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly installation: Installation;
      readonly permissions: Permissions;
      readonly repositories: "all" | ReadonlySet<number>;
      readonly expiresAt: Instant;
    }
  | {
      readonly kind: "user";
      readonly account: Account;
      /** "all" is a classic token with the scope "repo". */
      readonly permissions: Permissions | "all";
      readonly repositories: "all" | ReadonlySet<number>;
      readonly expiresAt: Instant | null;
      /** The organizations with single sign-on that let it in. */
      readonly sso: ReadonlySet<string>;
    };

/** One of the permissions is enough. */
export interface Need {
  readonly anyOf: readonly Permission[];
  readonly level: Level;
}

export function covers(installation: Installation, repository: Repository): boolean {
  const { account, repositories } = installation;
  return account === repository.owner && (repositories === "all" || repositories.has(repository.id));
}

/** Whether a caller is told that a private repository exists. */
export function maySee(caller: Caller, repository: Repository): boolean {
  return !repository.isPrivate || isIn(caller, repository);
}

/** Null, or the message with which GitHub turns the call away. Reading what is public needs no permission. */
export function refusalOf(caller: Caller, repository: Repository, need: Need): string | null {
  if (!repository.isPrivate && need.level === "read") return null;
  if (caller.kind === "user") {
    const isGranted = isIn(caller, repository) && grants(caller.permissions, need);
    return isGranted ? null : "Resource not accessible by personal access token";
  }
  if (caller.kind !== "installation") return "Resource not accessible by integration";
  const isGranted = isIn(caller, repository) && grants(caller.permissions, need);
  return isGranted ? null : "Resource not accessible by integration";
}

function grants(permissions: Permissions | "all", need: Need): boolean {
  if (permissions === "all") return true;
  return need.anyOf.some((permission) => {
    if (permission === "metadata") return true;
    const level = permissions[permission];
    return level === "write" || (level === "read" && need.level === "read");
  });
}

function isIn(caller: Caller, repository: Repository): boolean {
  switch (caller.kind) {
    case "anonymous":
    case "app":
      return false;
    case "installation":
      return covers(caller.installation, repository) && has(caller.repositories, repository);
    case "user":
      return has(caller.repositories, repository);
    default:
      return caller satisfies never;
  }
}

function has(repositories: "all" | ReadonlySet<number>, repository: Repository): boolean {
  return repositories === "all" || repositories.has(repository.id);
}
