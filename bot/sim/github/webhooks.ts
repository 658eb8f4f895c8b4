import { createHash, createHmac } from "node:crypto";
import type { Stoppable } from "../../coordinator/ports.ts";
import { type App, covers, EVENTS } from "./access.ts";
import type { GitHub } from "./github.ts";
import type { GitHubEvent } from "./github-news.ts";
import { type HookEvent, pingEvent } from "./hook-payloads.ts";
import type { Outcome, Parcel, Post } from "./hook-post.ts";
import type { Repository } from "./repository.ts";

export interface HookDraft {
  readonly url: string;
  readonly secret: string;
  /** The app's hook hears of all repositories on which it is installed; a repository's hook of that one. */
  readonly of: App | Repository;
}

export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
  /** One for each time that it was sent; none for one that is held back or was lost. */
  readonly outcomes: readonly Outcome[];
}

export interface Changed {
  /** Signs with another secret than the one agreed. */
  readonly secret?: string;
  /** Sends this under the signature of the real body. */
  readonly body?: string;
}

interface Hook extends HookDraft {
  readonly id: number;
}

interface Kept {
  readonly hook: Hook;
  readonly guid: string;
  readonly event: string;
  readonly body: string;
  readonly outcomes: Outcome[];
}

/** No repository's own hook hears of these. */
const OF_APPS = ["check_run", "check_suite"];

/** Tells the hooks what happens, once each: what goes wrong on the way is redelivered only by hand. */
export class Webhooks {
  readonly #github: GitHub;
  readonly #post: Post;
  readonly #show: (event: GitHubEvent, app: App | null) => HookEvent | null;
  readonly #hooks: Hook[] = [];
  readonly #kept: Kept[] = [];
  readonly #underway = new Set<Promise<Outcome>>();
  readonly #listening: Stoppable;
  #mode: "sent" | "held" | "lost" = "sent";
  #held: Kept[] = [];

  constructor(github: GitHub, post: Post, show: (event: GitHubEvent, app: App | null) => HookEvent | null) {
    this.#github = github;
    this.#post = post;
    this.#show = show;
    this.#listening = github.log.listen((event) => this.#tell(event));
  }

  get deliveries(): readonly Delivery[] {
    return this.#kept;
  }

  /** Begins with a ping. */
  add(draft: HookDraft): void {
    const hook = { ...draft, id: this.#github.nextId() };
    this.#hooks.push(hook);
    this.#deliver(hook, pingEvent(hook.id, hook.url, "slug" in hook.of ? hook.of.events : EVENTS));
  }

  /** Deliveries wait from now on, until it is stopped: then they come late, in their order. */
  hold(): Stoppable {
    this.#mode = "held";
    return { stop: () => this.#release() };
  }

  /** Deliveries never arrive from now on, until it is stopped. */
  lose(): Stoppable {
    this.#mode = "lost";
    return {
      stop: () => {
        this.#mode = "sent";
      },
    };
  }

  /** Sends a delivery again under the id that it had. */
  redeliver(guid: string, changed: Changed = {}): Promise<Outcome> {
    const kept = this.#kept.find((one) => one.guid === guid);
    if (kept === undefined) throw new Error(`there was no delivery ${guid}`);
    return this.#send(kept, changed);
  }

  /** Resolves when all that was sent was answered, or will not be. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  stop(): void {
    this.#listening.stop();
  }

  #tell(event: GitHubEvent): void {
    for (const hook of this.#hooks) {
      const app = "slug" in hook.of ? hook.of : null;
      const isHeard = app === null ? hook.of === event.repository : this.#covers(app, event.repository);
      const shown = isHeard ? this.#show(event, app) : null;
      if (shown !== null && hears(app, shown.name)) this.#deliver(hook, shown);
    }
  }

  #covers(app: App, repository: Repository): boolean {
    const { installations, suspended } = this.#github;
    return installations.some((one) => one.app === app && !suspended.has(one) && covers(one, repository));
  }

  #deliver(hook: Hook, { name, payload }: HookEvent): void {
    const guid = guidOf(`${hook.id} ${this.#kept.length}`);
    const kept: Kept = { hook, guid, event: name, body: JSON.stringify(payload), outcomes: [] };
    this.#kept.push(kept);
    if (this.#mode === "held") this.#held.push(kept);
    else if (this.#mode === "sent") void this.#send(kept, {});
  }

  #release(): void {
    this.#mode = "sent";
    const late = this.#held;
    this.#held = [];
    for (const kept of late) void this.#send(kept, {});
  }

  #send(kept: Kept, changed: Changed): Promise<Outcome> {
    const sending = this.#post(parcelOf(kept, changed)).then((outcome) => {
      kept.outcomes.push(outcome);
      this.#underway.delete(sending);
      return outcome;
    });
    this.#underway.add(sending);
    return sending;
  }
}

function hears(app: App | null, event: string): boolean {
  return app === null ? !OF_APPS.includes(event) : app.events.includes(event);
}

function parcelOf({ hook, guid, event, body }: Kept, changed: Changed): Parcel {
  const sign = (hash: string) =>
    createHmac(hash, changed.secret ?? hook.secret)
      .update(body)
      .digest("hex");
  return {
    url: hook.url,
    body: changed.body ?? body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/0000000",
      "x-github-delivery": guid,
      "x-github-event": event,
      "x-github-hook-id": `${hook.id}`,
      "x-github-hook-installation-target-id": `${hook.of.id}`,
      "x-github-hook-installation-target-type": "slug" in hook.of ? "integration" : "repository",
      "x-hub-signature": `sha1=${sign("sha1")}`,
      "x-hub-signature-256": `sha256=${sign("sha256")}`,
    },
  };
}

function guidOf(seed: string): string {
  const hex = createHash("sha256").update(seed).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
