import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** Answers every query as the test says, reading by reading, which the real one can't promise. */
export class ScriptedPrometheus {
  readonly url: string;
  readonly #server: Server;
  #mode: "green" | "red" | "flapping" = "green";
  #readings = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on("request", (_, response) => {
      this.#readings += 1;
      const holds = this.#mode === "flapping" ? this.#readings % 2 === 0 : this.#mode === "green";
      const result = holds ? [{ metric: {}, value: [Date.now() / 1_000, "1"] }] : [];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
      for (const look of [...this.#waiting]) look();
    });
  }

  static async start(): Promise<ScriptedPrometheus> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the scripted Prometheus has no port");
    return new ScriptedPrometheus(server, `http://127.0.0.1:${address.port}`);
  }

  /** Flapping is red and green in turns. */
  turns(mode: "green" | "red" | "flapping"): void {
    this.#mode = mode;
  }

  /** Resolves once it was read so often from now on. */
  readings(count: number): Promise<void> {
    const last = this.#readings + count;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#readings < last) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
