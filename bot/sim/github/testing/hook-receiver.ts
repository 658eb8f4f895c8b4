import { createServer, type IncomingHttpHeaders } from "node:http";
import { Webhooks } from "@octokit/webhooks";
import { onTestFinished } from "vitest";

export const SECRET = "a hook's secret";

export interface Received {
  readonly event: string;
  readonly guid: string;
  readonly headers: IncomingHttpHeaders;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly isGenuine: boolean;
}

/** Takes deliveries in, and judges them by octokit's own check; answers with `status`, or never where that is null. */
export async function aReceiver(status: number | null = 202) {
  const received: Received[] = [];
  const octokit = new Webhooks({ secret: SECRET });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks).toString();
      const header = (name: string) => String(request.headers[name]);
      const isGenuine = await octokit.verify(body, header("x-hub-signature-256"));
      const payload = JSON.parse(body);
      received.push({
        event: header("x-github-event"),
        guid: header("x-github-delivery"),
        headers: request.headers,
        payload,
        isGenuine,
      });
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { received, url: `http://127.0.0.1:${port}/hooks` };
}
