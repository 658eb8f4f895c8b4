import { setTimeout as delay } from "node:timers/promises";
import { App, SocketModeReceiver } from "@slack/bolt";
import type { WebClientOptions } from "@slack/web-api";
import type { Log } from "../../coordinator/ports.ts";
import { field } from "../field.ts";
import { aboutOf, wordsOf } from "../trouble.ts";
import { failure } from "./client.ts";
import { type Incoming, listen, type Once } from "./incoming.ts";
import { Pauses } from "./pauses.ts";
import { quietLogger } from "./quiet-logger.ts";

export interface SocketSettings {
  readonly appToken: string;
  readonly botToken: string;
  readonly clientOptions: WebClientOptions;
  readonly log: Log;
  readonly once: Once;
  readonly incoming: Incoming;
  /** Called after each change of `isUp` and `trouble`. */
  readonly changed: () => void;
}

/** Why a socket is not up, in words. `isRefused`: waiting won't help, somebody has to do what they say. */
export interface SocketTrouble {
  readonly says: string;
  readonly isRefused: boolean;
}

/** Slack's hello comes within a second; a connection without it would be waited for for ever. */
const UP_WITHIN = 30_000;
/** How long a silent connection is believed: it is pinged three times in that. */
const PING_TIMEOUT = 5_000;

/**
 * One Socket Mode connection that is made anew for as long as it is wanted, whatever ends it. Bolt's own reconnecting is
 * off: what fails there rejects into nowhere, and a refused token ends it for good.
 */
export class SlackSocket {
  readonly #settings: SocketSettings;
  readonly #stopped = new AbortController();
  readonly #whenStopped: Promise<void>;
  readonly #up = Promise.withResolvers<void>();
  #running: Promise<void> | null = null;
  #isUp = false;
  /** Of the present connection, or of the last until the next is made. */
  #upSince: number | null = null;
  #trouble: SocketTrouble | null = null;

  constructor(settings: SocketSettings) {
    this.#settings = settings;
    this.#whenStopped = new Promise((resolve) =>
      this.#stopped.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }

  /** Resolves when it is connected for the first time, or stopped. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return Promise.race([this.#up.promise, this.#whenStopped]);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  isUp(): boolean {
    return this.#isUp;
  }

  /** Null while it is up, and until it first failed to be. */
  trouble(): SocketTrouble | null {
    return this.#trouble;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const pauses = new Pauses();
    while (!signal.aborted) {
      this.#upSince = null;
      await this.#live().catch((error: unknown) => this.#failed(troubleOf(error)));
      const pause = pauses.after(this.#upSince === null ? null : performance.now() - this.#upSince);
      await delay(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }

  /** One connection, from its making to its end; rejects when it did not come up. */
  async #live(): Promise<void> {
    const { log, changed } = this.#settings;
    const { app, receiver } = this.#make();
    const ended = new Promise<string | null>((resolve) => {
      receiver.client.once("disconnected", () => resolve(null));
      // The library closes then, and believes for seconds that Slack will answer that.
      receiver.client.on("ws_message", (data: unknown) => {
        const reason = goodbyeIn(data);
        if (reason !== null) resolve(reason);
      });
    });
    const starting = this.#comeUp(app);
    try {
      await Promise.race([starting, this.#whenStopped, tooLate()]);
      if (this.#stopped.signal.aborted) return;
      log.info("slack connected", {});
      this.#isUp = true;
      this.#upSince = performance.now();
      this.#trouble = null;
      this.#up.resolve();
      changed();
      const reason = await Promise.race([ended, this.#whenStopped]);
      this.#isUp = false;
      if (typeof reason === "string" && aboutOf(reason) === "app") this.#failed(refusedWith(reason, "SLACK_APP_TOKEN"));
    } finally {
      this.#isUp = false;
      changed();
      const close = (): Promise<unknown> => app.stop().catch(() => {});
      // One that comes up too late must not stay open beside the next.
      void starting.then(close, () => {});
      await close();
    }
  }

  /** The two tokens are asked about one after the other, so that it can be said which of them is refused. */
  async #comeUp(app: App): Promise<void> {
    await app.init().catch((error: unknown) => {
      throw new NotUp("SLACK_BOT_TOKEN", error);
    });
    if (this.#stopped.signal.aborted) return;
    await app.start().catch((error: unknown) => {
      throw new NotUp("SLACK_APP_TOKEN", error);
    });
  }

  /** Without `deferInitialization` Bolt asks for the bot's name at once, and a refusal rejects into nowhere. */
  #make(): { readonly app: App; readonly receiver: SocketModeReceiver } {
    const { appToken, botToken, clientOptions, log, once, incoming } = this.#settings;
    const logger = quietLogger(log);
    const receiver = new SocketModeReceiver({
      appToken,
      logger,
      autoReconnectEnabled: false,
      clientPingTimeout: PING_TIMEOUT,
      installerOptions: { clientOptions },
    });
    const app = new App({ token: botToken, receiver, clientOptions, logger, deferInitialization: true });
    app.error(async (error) => log.warn("slack handler", { why: error.message }));
    listen(app, once, incoming);
    return { app, receiver };
  }

  #failed(trouble: SocketTrouble): void {
    this.#trouble = trouble;
    this.#settings.changed();
  }
}

type Token = "SLACK_BOT_TOKEN" | "SLACK_APP_TOKEN";

class NotUp extends Error {
  readonly token: Token;

  constructor(token: Token, cause: unknown) {
    super("no connection", { cause });
    this.token = token;
  }
}

async function tooLate(): Promise<never> {
  await delay(UP_WITHIN, undefined, { ref: false });
  throw new Error(`Slack's connection did not come up within ${UP_WITHIN / 1_000} s`);
}

const refusedWith = (error: string, token: Token): SocketTrouble => ({
  says: wordsOf({ error, token }),
  isRefused: aboutOf(error) === "app",
});

function troubleOf(error: unknown): SocketTrouble {
  if (!(error instanceof NotUp)) {
    const says = error instanceof Error ? error.message : "The connection ended before it was up";
    return { says: `${says}. It is tried again.`, isRefused: false };
  }
  const { error: name } = failure(error.cause);
  if (name !== "unanswered") return refusedWith(name, error.token);
  const why = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return {
    says: `Slack can't be reached${why}. Check the network and --slack-api-url; it is tried again.`,
    isRefused: false,
  };
}

/** Slack's reason to end a connection: warning, refresh_requested, link_disabled, too_many_websockets. */
function goodbyeIn(data: unknown): string | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    return field(frame, "type") === "disconnect" ? String(field(frame, "reason") ?? "") : null;
  } catch {
    return null;
  }
}
