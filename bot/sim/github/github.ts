import { createHash, createPublicKey } from "node:crypto";
import type { Stoppable } from "../../coordinator/ports.ts";
import { HOUR, type Instant } from "../../core/instant.ts";
import { EventLog } from "../event-log.ts";
import { type App, type Caller, eventsFor, type Installation, type Permissions } from "./access.ts";
import type { Account } from "./conversation.ts";
import type { GitHubNews } from "./github-news.ts";
import { followQueue } from "./merge-queue.ts";
import { followPush } from "./pulls.ts";
import { Repository } from "./repository.ts";

export interface RepositoryDraft {
  readonly owner: string;
  readonly name: string;
  /** False if not given. */
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  readonly forkOf?: Repository;
}

export interface AppDraft {
  readonly slug: string;
  readonly owner: string;
  /** PEM. */
  readonly publicKey: string;
  readonly permissions: Permissions;
  /** What it hears of; all that it may if not given. */
  readonly events?: readonly string[];
}

export interface TokenDraft {
  readonly token: string;
  readonly login: string;
  /** Of a fine-grained token; a classic one with the scope "repo" if not given. */
  readonly permissions?: Permissions;
  /** Which ones the token is for; all if not given. */
  readonly repositories?: readonly Repository[];
  readonly expiresAt?: Instant;
  /** The organizations with single sign-on that let it in; none if not given. */
  readonly sso?: readonly string[];
}

/** The address that GitHub gives to who does not want to show theirs; no other is known here. */
const NOREPLY = /^(?:\d+\+)?(?<login>[^+@]+)@users\.noreply\.github\.com$/;

type TokenHolder = Extract<Caller, { kind: "installation" | "user" }>;

/** A GitHub in memory: accounts, repositories, apps and tokens. The same calls give the same ids and shas. */
export class GitHub {
  readonly log = new EventLog<GitHubNews>();
  readonly now: () => Instant;
  readonly repositories = new Set<Repository>();
  readonly apps: App[] = [];
  readonly installations: Installation[] = [];
  /** With the time since when. */
  readonly suspended = new Map<Installation, Instant>();
  /** False on an Enterprise server from before there were rulesets. */
  hasRulesets = true;
  readonly #withSso = new Set<string>();
  readonly #accounts = new Map<string, Account>();
  readonly #tokens = new Map<string, TokenHolder>();
  /** By the former full name in lower case. */
  readonly #moved = new Map<string, Repository>();
  #lastId = 1_000;

  constructor(now: () => Instant) {
    this.now = now;
    this.log.listen((event) => followPush(this, event));
    this.log.listen((event) => followQueue(this, event));
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  account(login: string): Account {
    const known = this.#accounts.get(login);
    return known ?? this.#addAccount(login, login.endsWith("[bot]") ? "Bot" : "User");
  }

  /** Before anything is in its name, which would make it a person. */
  addOrganization(login: string): Account {
    return this.#addAccount(login, "Organization");
  }

  #addAccount(login: string, type: Account["type"]): Account {
    const account: Account = { id: this.nextId(), login, type };
    this.#accounts.set(login, account);
    return account;
  }

  addRepository(draft: RepositoryDraft): Repository {
    this.account(draft.owner);
    const repository = new Repository({
      id: this.nextId(),
      owner: draft.owner,
      name: draft.name,
      isPrivate: draft.isPrivate ?? false,
      defaultBranch: draft.defaultBranch ?? "main",
      forkOf: draft.forkOf ?? null,
      now: this.now,
      log: this.log,
      accountOf: (email) => this.#accounts.get(NOREPLY.exec(email)?.groups?.["login"] ?? "") ?? null,
    });
    for (const [ref, sha] of draft.forkOf?.refs ?? []) repository.refs.set(ref, sha);
    this.repositories.add(repository);
    return repository;
  }

  renameRepository(repository: Repository, name: string): void {
    this.#moved.set(repository.fullName.toLowerCase(), repository);
    repository.name = name;
  }

  deleteRepository(repository: Repository): void {
    this.repositories.delete(repository);
  }

  /** Names are not case-sensitive. */
  repository(owner: string, name: string): Repository | null {
    const wanted = `${owner}/${name}`.toLowerCase();
    return [...this.repositories].find(({ fullName }) => fullName.toLowerCase() === wanted) ?? null;
  }

  repositoryById(id: number): Repository | null {
    return [...this.repositories].find((repository) => repository.id === id) ?? null;
  }

  /** The repository that once had this name. */
  movedFrom(owner: string, name: string): Repository | null {
    const moved = this.#moved.get(`${owner}/${name}`.toLowerCase());
    return moved !== undefined && this.repositories.has(moved) ? moved : null;
  }

  addApp({ slug, owner, publicKey, permissions, events = eventsFor(permissions) }: AppDraft): App {
    const id = this.nextId();
    const key = createPublicKey(publicKey);
    const app: App = { id, clientId: `Iv23${id}`, slug, owner, permissions, events, publicKey: key };
    this.apps.push(app);
    return app;
  }

  install(app: App, account: string, repositories?: readonly Repository[]): Installation {
    const only = repositories === undefined ? "all" : new Set(repositories.map(({ id }) => id));
    const installation: Installation = { id: this.nextId(), app, account, repositories: only };
    this.installations.push(installation);
    return installation;
  }

  /** Its tokens are refused and its hooks hear nothing until it is taken back. */
  suspend(installation: Installation): Stoppable {
    this.suspended.set(installation, this.now());
    return { stop: () => this.suspended.delete(installation) };
  }

  /** The owner's repositories are closed to classic tokens that were not let in by single sign-on. */
  enforceSso(owner: string): void {
    this.#withSso.add(owner);
  }

  enforcesSso(owner: string): boolean {
    return this.#withSso.has(owner);
  }

  uninstall(installation: Installation): void {
    this.installations.splice(this.installations.indexOf(installation), 1);
    for (const [token, holder] of this.#tokens) {
      if (holder.kind === "installation" && holder.installation === installation) this.#tokens.delete(token);
    }
  }

  addToken(draft: TokenDraft): void {
    this.#tokens.set(draft.token, {
      kind: "user",
      account: this.account(draft.login),
      permissions: draft.permissions ?? "all",
      repositories: draft.repositories === undefined ? "all" : new Set(draft.repositories.map(({ id }) => id)),
      expiresAt: draft.expiresAt ?? null,
      sso: new Set(draft.sso),
    });
  }

  /** A token of an installation ends after an hour. */
  grant(installation: Installation, permissions: Permissions, repositories: "all" | ReadonlySet<number>) {
    const secret = createHash("sha256").update(`${installation.id} ${this.nextId()}`).digest("hex");
    const token = `ghs_${secret.slice(0, 36)}`;
    const expiresAt = this.now() + HOUR;
    this.#tokens.set(token, { kind: "installation", installation, permissions, repositories, expiresAt });
    return { token, expiresAt };
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** Null for a token that GitHub does not know, or not any more. */
  holder(token: string): TokenHolder | null {
    const holder = this.#tokens.get(token) ?? null;
    return holder === null || (holder.expiresAt !== null && holder.expiresAt <= this.now()) ? null : holder;
  }

  /** The account in whose name a caller writes. */
  author(caller: Caller): Account {
    switch (caller.kind) {
      case "anonymous":
        return this.account("ghost");
      case "app":
        return this.account(`${caller.app.slug}[bot]`);
      case "installation":
        return this.account(`${caller.installation.app.slug}[bot]`);
      case "user":
        return caller.account;
      default:
        return caller satisfies never;
    }
  }
}
