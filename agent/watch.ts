import type { ClientRequest, IncomingMessage } from "node:http";
import type { Send } from "./api.ts";
import type { Stoppable } from "./ports.ts";

export interface WatchTarget {
  readonly path: string;
  readonly name: string;
  readonly resourceVersion: string;
}

export interface WatchListener {
  readonly changed: () => void;
  readonly ended: (why: string) => void;
}

/** The server ends the watch after this; some time later we do. */
const SERVER_SECONDS = 290;
const OUR_DEADLINE = 320_000;
/** A peer that vanished without a word is found by TCP probes after about this long and ten seconds. */
const PROBE_AFTER = 10_000;
const MOST_LINE = 4_000_000;

/** One JSON object a line, as Kubernetes streams its watches. */
export function watchStream(send: Send, target: WatchTarget, listener: WatchListener): Stoppable {
  const watch = new WatchStream(listener);
  watch.start(send, target);
  return watch;
}

class WatchStream implements Stoppable {
  readonly #listener: WatchListener;
  #request: ClientRequest | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #rest = "";
  #over = false;

  constructor(listener: WatchListener) {
    this.#listener = listener;
  }

  start(send: Send, target: WatchTarget): void {
    const query = new URLSearchParams({
      watch: "true",
      fieldSelector: `metadata.name=${target.name}`,
      resourceVersion: target.resourceVersion,
      timeoutSeconds: String(SERVER_SECONDS),
    });
    this.#deadline = setTimeout(() => this.#end("it lasted too long"), OUR_DEADLINE);
    try {
      this.#request = send({ method: "GET", path: `${target.path}?${query}` }, (response) => this.#answered(response));
      this.#request.setSocketKeepAlive(true, PROBE_AFTER);
      this.#request.on("error", (error) => this.#end(error.message));
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  stop(): void {
    this.#over = true;
    this.#release();
  }

  #answered(response: IncomingMessage): void {
    if (response.statusCode !== 200) {
      this.#end(`answered ${response.statusCode}`);
      return;
    }
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    response.on("end", () => this.#end("the server ended it"));
    response.on("error", (error) => this.#end(error.message));
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!this.#over && line.trim() !== "") this.#line(line);
    }
    if (this.#rest.length > MOST_LINE) this.#end("a line is too long");
  }

  #line(line: string): void {
    const event = parseEvent(line);
    switch (event.kind) {
      case "changed":
        this.#listener.changed();
        break;
      case "bookmark":
        break;
      case "error":
        this.#end(event.why);
        break;
      default:
        event satisfies never;
    }
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.#listener.ended(why);
  }

  #release(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#request?.destroy();
  }
}

type WatchEvent =
  | { readonly kind: "changed" }
  | { readonly kind: "bookmark" }
  | { readonly kind: "error"; readonly why: string };

function parseEvent(line: string): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { kind: "error", why: "a line is not JSON" };
  }
  const type = typeof event === "object" && event !== null && "type" in event ? event.type : null;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return { kind: "changed" };
    case "BOOKMARK":
      return { kind: "bookmark" };
    default:
      // ERROR carries a Status: 410 when the resourceVersion is too old. Whatever it says, a fresh read is the remedy.
      return { kind: "error", why: `the server sent ${line.slice(0, 300)}` };
  }
}
