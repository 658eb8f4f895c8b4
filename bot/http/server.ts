import { createServer, type ServerResponse } from "node:http";
import type { Address } from "./address.ts";
import type { Metrics } from "./metrics.ts";

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Rejects when the address can't be listened on. */
export async function serve({ host, port }: Address, metrics: Metrics): Promise<RunningServer> {
  const server = createServer((request, response) => {
    // Nothing here reads a body.
    request.resume();
    if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, "only GET is answered here\n");
    const path = (request.url ?? "").split("?")[0];
    if (path === "/healthz") return say(response, 200, "ok\n");
    if (path !== "/metrics") return say(response, 404, "see /metrics and /healthz\n");
    metrics.text().then(
      ({ body, contentType }) => say(response, 200, body, contentType),
      (error: unknown) => say(response, 500, `${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const where = host === "" ? { port } : { host, port };
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function say(response: ServerResponse, code: number, body: string, contentType = "text/plain; charset=utf-8"): void {
  response.writeHead(code, { "content-type": contentType, ...(code === 405 ? { allow: "GET, HEAD" } : {}) }).end(body);
}
