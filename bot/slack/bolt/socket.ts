import { setTimeout as delay } from "node:timers/promises";
import { App, SocketModeReceiver } from "@slack/bolt";
import type { WebClientOptions } from "@slack/web-api";
import type { Log } from "../../coordinator/ports.ts";
import { type Incoming, listen, type Once } from "./incoming.ts";
import { quietLogger } from "./quiet-logger.ts";

export interface SocketSettings {
  readonly appToken: string;
  readonly botToken: string;
  readonly clientOptions: WebClientOptions;
  readonly log: Log;
  readonly once: Once;
  readonly incoming: Incoming;
}

const PAUSE_FIRST = 500;
const PAUSE_MOST = 60_000;
/** A connection that lived for this long was a good one: the next is made without a long pause. */
const GOOD_AFTER = 60_000;
/** Slack's hello comes within a second; a connection without it would be waited for for ever. */
const UP_WITHIN = 30_000;
/** How long a silent connection is believed. */
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
  #saidWhy = "";

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

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    let pause = PAUSE_FIRST;
    while (!signal.aborted) {
      const began = performance.now();
      await this.#live().catch((error: unknown) => this.#sayWhy(error));
      if (performance.now() - began > GOOD_AFTER) pause = PAUSE_FIRST;
      await delay(pause * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => {});
      pause = Math.min(pause * 2, PAUSE_MOST);
    }
  }

  /** One connection, from its making to its end; rejects when it did not come up. */
  async #live(): Promise<void> {
    const { log } = this.#settings;
    const { app, receiver } = this.#make();
    const ended = new Promise<void>((resolve) => receiver.client.once("disconnected", () => resolve()));
    const starting = app.init().then(() => (this.#stopped.signal.aborted ? undefined : app.start()));
    try {
      await Promise.race([starting, this.#whenStopped, tooLate()]);
      if (this.#stopped.signal.aborted) return;
      log.info("slack connected", {});
      this.#isUp = true;
      this.#saidWhy = "";
      this.#up.resolve();
      await Promise.race([ended, this.#whenStopped]);
    } finally {
      this.#isUp = false;
      const close = (): Promise<unknown> => app.stop().catch(() => {});
      // One that comes up too late must not stay open beside the next.
      void starting.then(close, () => {});
      await close();
    }
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

  #sayWhy(error: unknown): void {
    const why = error instanceof Error ? error.message : "the connection ended before it was up";
    if (why === this.#saidWhy) return;
    this.#saidWhy = why;
    const todo = why.includes("auth") ? " Check SLACK_APP_TOKEN and SLACK_BOT_TOKEN." : "";
    this.#settings.log.warn("slack not connected", { why: `${why}.${todo}`, next: "tries again" });
  }
}

async function tooLate(): Promise<never> {
  await delay(UP_WITHIN, undefined, { ref: false });
  throw new Error(`no connection within ${UP_WITHIN / 1_000} s`);
}
