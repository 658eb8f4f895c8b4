import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** What Prometheus scrapes, in its text format; a series that is left out is stale from the next scrape on. */
export class MetricsServer {
  /** HOST:PORT, as Prometheus wants a target. */
  readonly target: string;
  #text: string;
  readonly #server: Server;

  private constructor(server: Server, target: string, text: string) {
    this.#server = server;
    this.target = target;
    this.#text = text;
    server.on("request", (_, response) => response.setHeader("content-type", "text/plain").end(this.#text));
  }

  static async start(text: string): Promise<MetricsServer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the metrics server has no port");
    return new MetricsServer(server, `127.0.0.1:${address.port}`, text);
  }

  set(text: string): void {
    this.#text = text;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
