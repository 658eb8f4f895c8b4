import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock, Stoppable } from "../../coordinator/ports.ts";
import { ScriptedFaults } from "../scripted-faults.ts";
import {
  type Carrier,
  type Delivery,
  deletionEvents,
  type Envelope,
  editEvents,
  messageEvents,
  type ResponsePlace,
} from "./envelope.ts";
import type { Fault } from "./fault.ts";
import { isFields } from "./fields.ts";
import { answer, answerApi, fail } from "./http-answer.ts";
import { RateLimits } from "./rate-limits.ts";
import { ResponseUrls } from "./response-urls.ts";
import { inTurn, type SocketChoice } from "./socket-choice.ts";
import { type DisconnectReason, type Sending, SocketHub } from "./socket-hub.ts";
import { type ApiAnswer, type ApiCall, type ApiDesk, answerCall } from "./web-api.ts";
import type { SlackAnswer, Workspace } from "./workspace.ts";
import type { WorkspaceEvent } from "./workspace-news.ts";

export interface SlackServerOptions {
  readonly workspace: Workspace;
  /** "xoxb-…" */
  readonly botToken: string;
  /** "xapp-…" */
  readonly appToken: string;
  /** What the app's token is granted; connections:write if not given. */
  readonly appScopes?: readonly string[];
  /** Whether Slack's limits hold, by the workspace's clock; nobody counts if not given. */
  readonly rateLimits?: boolean;
  /** Picks the connection for an envelope; in turn if not given. */
  readonly choose?: SocketChoice;
  /** For the ack's deadline; a real timer if not given. */
  readonly after?: Clock["after"];
  readonly ackWithinMs?: number;
  /** Slack resends unacknowledged events, but not clicks and commands; that is the default. */
  readonly resend?: "events" | "all";
}

export interface ApiRequest {
  readonly method: string;
  /** The answer's error, null for ok; "429", "503" or "cut" for such a fault. */
  readonly error: string | null;
}

/** Starts a Slack on 127.0.0.1: the Web API under `apiUrl`, and Socket Mode at the address that it hands out. */
export async function startSlackServer(options: SlackServerOptions): Promise<SlackServer> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return new SlackServer(options, http, `127.0.0.1:${address.port}`);
}

export class SlackServer implements Carrier {
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly faults = new ScriptedFaults<Fault>();
  readonly requests: ApiRequest[] = [];
  readonly #http: Server;
  readonly #host: string;
  readonly #workspace: Workspace;
  readonly #desk: ApiDesk;
  readonly #hub: SocketHub;
  readonly #responseUrls: ResponseUrls;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #listening: Stoppable;
  #revoked: string | null = null;

  constructor(options: SlackServerOptions, http: Server, host: string) {
    this.apiUrl = `http://${host}/api/`;
    this.#http = http;
    this.#host = host;
    this.#workspace = options.workspace;
    this.#desk = {
      workspace: options.workspace,
      tokens: { bot: options.botToken, app: options.appToken },
      appScopes: options.appScopes ?? ["connections:write"],
      limits: options.rateLimits === true ? new RateLimits(options.workspace.now) : null,
      open: () => this.#openConnection(),
    };
    this.#responseUrls = new ResponseUrls(options.workspace);
    this.#hub = new SocketHub({
      after: options.after ?? realAfter,
      choose: options.choose ?? inTurn(),
      ackWithinMs: options.ackWithinMs ?? 3_000,
      resend: options.resend ?? "events",
      appId: options.workspace.bot.appId,
      nextId: (prefix) => options.workspace.nextId(prefix),
    });
    this.#listening = options.workspace.log.listen((event) => this.#tellApp(event));
    http.on("request", (request, response) => this.#receive(request, response));
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Socket Mode connections that are open and not told to leave. */
  get connections(): number {
    return this.#hub.open.length;
  }

  /** Every sending of every envelope. */
  get sendings(): readonly Sending[] {
    return this.#hub.sendings;
  }

  get strayAcks(): number {
    return this.#hub.strayAcks;
  }

  /** Resolves when exactly `count` Socket Mode connections are open. */
  connected(count: number): Promise<void> {
    return this.#hub.connected(count);
  }

  deliver(envelope: Envelope): Promise<Delivery> {
    return this.#hub.deliver(envelope);
  }

  responseUrl(place: ResponsePlace): string {
    return `http://${this.#host}/respond/${this.#responseUrls.grant(place)}`;
  }

  failNext(method: string, ...faults: readonly Fault[]): void {
    this.faults.failNext(method, ...faults);
  }

  /** Each `every`-th call of the method, until the rule is stopped. */
  failEvery(method: string, every: number, fault: Fault): Stoppable {
    return this.faults.failEvery(method, every, fault);
  }

  /** Answers every call with this error from now on ("token_revoked"); null takes the tokens back in. */
  revokeTokens(error: string | null): void {
    this.#revoked = error;
  }

  disconnectSockets(reason: DisconnectReason): void {
    this.#hub.disconnect(reason);
  }

  dropSockets(): void {
    this.#hub.drop();
  }

  /**
   * Makes the present connections half-open: nothing is closed, but nothing comes through either way any more, no pong and
   * no closing frame. Envelopes still go down them and get lost. Stopping cuts them, as when Slack finds out at last.
   */
  halfOpenSockets(): Stoppable {
    return this.#hub.silence();
  }

  /** Ends all connections and timers; what was not acknowledged settles as not. */
  async close(): Promise<void> {
    this.#listening.stop();
    this.#hub.close();
    this.#sockets.close();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#http.closeAllConnections();
    await closed;
  }

  /** What people write is delivered by Person, who waits for the ack; all else in the channels is told here. */
  #tellApp(event: WorkspaceEvent): void {
    for (const envelope of this.#eventsOf(event)) void this.deliver(envelope);
  }

  #eventsOf(event: WorkspaceEvent): readonly Envelope[] {
    const { bot } = this.#workspace;
    if (event.kind === "posted" && event.message.user === bot.userId) {
      return messageEvents(this.#workspace, event.message);
    }
    if (event.kind === "edited") return editEvents(this.#workspace, event.message, event.previous);
    if (event.kind !== "deleted") return [];
    const isHeard = this.#workspace.channel(event.previous.channel).members.includes(bot.userId);
    return isHeard ? deletionEvents(this.#workspace, event.previous, event.ts) : [];
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const [, door, name = ""] = (request.url ?? "").split("/");
      if (request.method !== "POST" || (door !== "api" && door !== "respond"))
        return answer(response, 404, "not found");
      if (door === "respond") return this.#respond(name, body, response);
      const { authorization } = request.headers;
      const contentType = request.headers["content-type"] ?? "";
      this.#call({ method: name, authorization, contentType, body }, response);
    });
  }

  #call(call: ApiCall, response: ServerResponse): void {
    const run = () => this.#answer(call);
    const fault = this.faults.take(call.method);
    const error = fault === null ? answerApi(response, run()) : fail(fault, response, run);
    this.requests.push({ method: call.method, error });
  }

  #answer(call: ApiCall): ApiAnswer {
    const error = this.#revoked;
    if (error === null) return answerCall(call, this.#desk);
    return { kind: "answered", answer: { ok: false, error }, granted: null, accepted: [] };
  }

  #respond(key: string, text: string, response: ServerResponse): void {
    const body: unknown = JSON.parse(text);
    const { code, body: said } = this.#responseUrls.use(key, isFields(body) ? body : {});
    answer(response, code, said);
  }

  #openConnection(): SlackAnswer<{ url: string }> {
    const ticket = this.#workspace.nextId("ticket-");
    this.#tickets.add(ticket);
    return { ok: true, url: `ws://${this.#host}/link/?ticket=${ticket}&app_id=${this.#workspace.bot.appId}` };
  }

  /** A ticket opens one connection. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? "/", "http://localhost").searchParams.get("ticket");
    if (ticket === null || !this.#tickets.delete(ticket)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#join(webSocket));
  }

  #join(webSocket: WebSocket): void {
    const link = this.#hub.join({
      send: (text) => webSocket.send(text),
      cut: () => webSocket.terminate(),
      // Unread pings get no pong, and an unread end of the connection goes unnoticed.
      mute: () => webSocket.pause(),
    });
    webSocket.on("message", (data) => this.#hub.heard(String(data)));
    webSocket.on("close", () => this.#hub.left(link));
    // A cut connection may report a reset first; its "close" follows.
    webSocket.on("error", () => webSocket.terminate());
  }
}

function realAfter(delay: number, run: () => void): Stoppable {
  const timer = setTimeout(run, delay);
  return { stop: () => clearTimeout(timer) };
}
