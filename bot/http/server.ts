import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duration } from "../core/instant.ts";
import type { Address } from "./address.ts";
import type { Reply, Route } from "./route.ts";

export interface RunningServer {
  /** The one that it listens on, also where any that is free was asked for. */
  readonly port: number;
  readonly paths: readonly string[];
  stop(): Promise<void>;
}

/** Who is slower than that is cut off: a whole request with its body, and how often that is looked at. */
export interface Patience {
  readonly request: Duration;
  readonly look: Duration;
}

/** GitHub gives a delivery up after ten seconds itself. */
const PATIENCE: Patience = { request: 10_000, look: 1_000 };

/** Rejects when the address can't be listened on. */
export async function serve(
  { host, port }: Address,
  routes: readonly Route[],
  { request, look }: Patience = PATIENCE,
): Promise<RunningServer> {
  const limits = { requestTimeout: request, headersTimeout: request, connectionsCheckingInterval: look };
  const server = createServer(limits, (asked, response) => void receive(routes, asked, response));
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
    paths: routes.map(({ path }) => path),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function receive(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "" } = request;
  const path = url.split("?")[0];
  const route = routes.find((one) => one.path === path);
  const reply = await replyOf(route, method, request).catch(
    (error: unknown): Reply => ({ code: 500, body: `${error instanceof Error ? error.message : String(error)}\n` }),
  );
  // What comes still is thrown away, for as long as a request may take: who sends it would not hear the answer otherwise.
  request.resume();
  const allow = reply.code === 405 && route !== undefined ? { allow: route.methods.join(", ") } : {};
  const { contentType = "text/plain; charset=utf-8" } = reply;
  response.writeHead(reply.code, { "content-type": contentType, ...allow }).end(reply.body);
}

async function replyOf(route: Route | undefined, method: string, request: IncomingMessage): Promise<Reply> {
  if (route === undefined) return { code: 404, body: "there is nothing here\n" };
  if (route.methods.includes(method)) return route.answer(request);
  return { code: 405, body: `only ${route.methods.join(" and ")} is answered here\n` };
}
