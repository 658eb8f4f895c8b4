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

const PAUSE_FIRST = 1_000;
const PAUSE_MOST = 60_000;
/** How long a silent connection is believed. */
const PING_TIMEOUT = 5_000;

/** One Socket Mode connection that is made anew for as long as it is wanted, whatever ends it. */
export class SlackSocket {
  readonly #settings: SocketSettings;
  readonly #stopped = new AbortController();
  #app: App | null = null;
  #isStarting = false;
  #saidWhy = "";

  constructor(settings: SocketSettings) {
    this.#settings = settings;
  }

  /** Resolves when it is connected for the first time, or stopped. */
  async start(): Promise<void> {
    if (this.#isStarting) return;
    this.#isStarting = true;
    for (let pause = PAUSE_FIRST; !this.#stopped.signal.aborted; pause = Math.min(pause * 2, PAUSE_MOST)) {
      if (await this.#connect()) break;
      await delay(pause, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
    this.#isStarting = false;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#close();
  }

  /** Bolt gave up on this connection. */
  async restart(): Promise<void> {
    await this.#close();
    await this.start();
  }

  async #connect(): Promise<boolean> {
    const { appToken, botToken, clientOptions, log, once, incoming } = this.#settings;
    const logger = quietLogger(log);
    try {
      const receiver = new SocketModeReceiver({
        appToken,
        logger,
        clientPingTimeout: PING_TIMEOUT,
        installerOptions: { clientOptions },
      });
      this.#app = new App({ token: botToken, receiver, clientOptions, logger });
      this.#app.error(async (error) => log.warn("slack handler", { why: error.message }));
      listen(this.#app, once, incoming);
      await this.#app.start();
      log.info("slack connected", {});
      this.#saidWhy = "";
      return true;
    } catch (error) {
      await this.#close();
      this.#sayWhy(error);
      return false;
    }
  }

  async #close(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    // A connection that never came up can't be stopped in good order, and need not be.
    await app?.stop().catch(() => {});
  }

  #sayWhy(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (why === this.#saidWhy) return;
    this.#saidWhy = why;
    const todo = why.includes("auth") ? " Check SLACK_APP_TOKEN and SLACK_BOT_TOKEN." : "";
    this.#settings.log.warn("slack not connected", { why: `${why}.${todo}`, next: "tries again" });
  }
}
