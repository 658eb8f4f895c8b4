import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";

/** What a server was asked. */
export interface Heard {
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface LyingServer extends AsyncDisposable {
  readonly url: string;
  readonly heard: readonly Heard[];
}

export interface Certified {
  readonly key: string;
  readonly cert: string;
}

/** A server on loopback that answers as it is told, over TLS where it has a certificate. */
export async function lyingServer(answer: RequestListener, certified?: Certified): Promise<LyingServer> {
  const server = certified === undefined ? createServer() : createTlsServer(certified);
  const heard: Heard[] = [];
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => void sockets.add(socket));
  server.on("request", ({ url = "", headers: { authorization } }) => void heard.push({ url, authorization }));
  server.on("request", answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `${certified === undefined ? "http" : "https"}://127.0.0.1:${address.port}`,
    heard,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Answers everything with one body. */
export const saying =
  (body: unknown, { status = 200, type = "application/json" } = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
