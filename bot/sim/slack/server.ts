import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock, Stoppable } from "../../coordinator/ports.ts";
import {
  type Carrier,
  type Delivery,
  deletionEvent,
  type Envelope,
  editEvent,
  messageEvents,
  type ResponsePlace,
} from "./envelope.ts";
import type { WorkspaceEvent } from "./event-log.ts";
import { type Fault, Faults } from "./faults.ts";
import { isFields } from "./fields.ts";
import { ResponseUrls } from "./response-urls.ts";
import { type DisconnectReason, type Sending, SocketHub } from "./socket-hub.ts";
import { type ApiCall, answerCall, type Tokens } from "./web-api.ts";
import type { SlackAnswer, Workspace } from "./workspace.ts";

export interface SlackServerOptions {
  readonly workspace: Workspace;
  /** "xoxb-…" */
  readonly botToken: string;
  /** "xapp-…" */
  readonly appToken: string;
  /** Picks the connection for an envelope, 0 to count - 1; in turn if not given. */
  readonly choose?: (count: number) => number;
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
  readonly faults = new Faults();
  readonly requests: ApiRequest[] = [];
  readonly #http: Server;
  readonly #host: string;
  readonly #workspace: Workspace;
  readonly #tokens: Tokens;
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
    this.#tokens = { bot: options.botToken, app: options.appToken };
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
    const { bot } = this.#workspace;
    if (event.kind === "posted" && event.message.user === bot.userId) {
      for (const envelope of messageEvents(this.#workspace, event.message)) void this.deliver(envelope);
    }
    if (event.kind === "edited") void this.deliver(editEvent(this.#workspace, event.message, event.previous));
    if (event.kind !== "deleted") return;
    const isHeard = this.#workspace.channel(event.previous.channel).members.includes(bot.userId);
    if (isHeard) void this.deliver(deletionEvent(this.#workspace, event.previous, event.ts));
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
    const run = () => {
      if (this.#revoked !== null) return { ok: false, error: this.#revoked } as const;
      return answerCall(call, this.#workspace, this.#tokens, () => this.#openConnection());
    };
    const fault = this.faults.take(call.method);
    const error = fault === null ? answerJson(response, run()) : fail(fault, response, run);
    this.requests.push({ method: call.method, error });
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
    const link = this.#hub.join({ send: (text) => webSocket.send(text), cut: () => webSocket.terminate() });
    webSocket.on("message", (data) => this.#hub.heard(String(data)));
    webSocket.on("close", () => this.#hub.left(link));
    // A cut connection may report a reset first; its "close" follows.
    webSocket.on("error", () => webSocket.terminate());
  }
}

function answer(
  response: ServerResponse,
  code: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, headers).end(body);
}

function answerJson(response: ServerResponse, found: SlackAnswer): string | null {
  answer(response, 200, JSON.stringify(found), { "content-type": "application/json; charset=utf-8" });
  return found.ok ? null : found.error;
}

function fail(fault: Fault, response: ServerResponse, run: () => SlackAnswer): string | null {
  switch (fault.kind) {
    case "error":
      return answerJson(response, { ok: false, error: fault.error });
    case "rate-limited": {
      const seconds = fault.retryAfterSeconds;
      answer(
        response,
        429,
        '{"ok":false,"error":"ratelimited"}',
        seconds === undefined ? {} : { "retry-after": `${seconds}` },
      );
      return "429";
    }
    case "status":
      answer(response, fault.code, "upstream trouble");
      return `${fault.code}`;
    case "cut":
      if (fault.arrived) run();
      response.destroy();
      return "cut";
    default:
      return fault satisfies never;
  }
}

function realAfter(delay: number, run: () => void): Stoppable {
  const timer = setTimeout(run, delay);
  return { stop: () => clearTimeout(timer) };
}

function inTurn(): (count: number) => number {
  let turn = -1;
  return (count) => {
    turn += 1;
    return turn % count;
  };
}
