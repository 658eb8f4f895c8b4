import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type EmulatedHub, type HookTarget, startEmulated } from "./emulated.ts";
import { AT, hubAt } from "./hub.ts";

type Fields = Readonly<Record<string, unknown>>;
/** Asks the package itself, as who asked. */
type Ask = (path: string) => Promise<unknown>;

/**
 * The package's GitHub, of which only that is put right without which no product could review a pull request: whose a
 * check run is, what a pull request changes, and that it moves with its branch.
 */
export async function startMended(hook?: HookTarget): Promise<EmulatedHub> {
  const emulated = await startEmulated(hook);
  const server = createServer((request, response) => {
    void passOn(emulated, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await emulated.close();
  };
  return { ...hubAt(`http://127.0.0.1:${address.port}`, emulated.app), close };
}

async function passOn(emulated: EmulatedHub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { method = "GET", url = "/" } = request;
  const headers: Record<string, string> = {};
  for (const name of ["accept", "authorization", "content-type", "user-agent"]) {
    const value = request.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  const answer = await fetch(`${emulated.apiUrl}${url}`, { method, headers, ...body });
  const ask: Ask = async (path) => {
    const { authorization = "" } = headers;
    const asked = await fetch(`${emulated.apiUrl}/repos/${AT.owner}/${AT.repo}${path}`, { headers: { authorization } });
    return asked.json();
  };
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = answer.ok && answer.headers.get("content-type")?.includes("json") === true;
  const sent = isJson ? Buffer.from(JSON.stringify(await mended(emulated, url, JSON.parse(`${bytes}`), ask))) : bytes;
  const kept = ["content-type", "link"].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value.replaceAll(emulated.apiUrl, `http://${request.headers.host}`)]];
  });
  response.writeHead(answer.status, Object.fromEntries(kept)).end(answer.status === 204 ? undefined : sent);
}

async function mended({ app }: EmulatedHub, url: string, data: unknown, ask: Ask): Promise<unknown> {
  const path = url.replace(/\?.*$/, "");
  if (/\/check-runs(\/\d+)?$/.test(path)) return withApp(data, { id: app.appId, slug: "bootswain" });
  const files = /\/pulls\/(\d+)\/files$/.exec(path);
  if (files !== null) {
    const { base, head } = withHead(
      await ask(`/pulls/${files[1]}`),
      await headOf(await ask(`/pulls/${files[1]}`), ask),
    );
    return fieldsOf(await ask(`/compare/${fieldsOf(base)["ref"]}...${fieldsOf(head)["sha"]}`))["files"];
  }
  if (/\/pulls\/\d+$/.test(path)) return withHead(data, await headOf(data, ask));
  if (!/\/pulls$/.test(path) || !Array.isArray(data)) return data;
  return Promise.all(data.map(async (pull: unknown) => withHead(pull, await headOf(pull, ask))));
}

function withApp(data: unknown, app: object): unknown {
  const fields = fieldsOf(data);
  const { check_runs: runs } = fields;
  if (Array.isArray(runs)) return { ...fields, check_runs: runs.map((run: unknown) => withApp(run, app)) };
  return "app" in fields ? { ...fields, app } : data;
}

/** Null for one that is closed, which stays where it was. */
async function headOf(pull: unknown, ask: Ask): Promise<string | null> {
  const { state, head } = fieldsOf(pull);
  if (state !== "open") return null;
  const found = fieldsOf(fieldsOf(await ask(`/git/ref/heads/${fieldsOf(head)["ref"]}`))["object"])["sha"];
  return typeof found === "string" ? found : null;
}

function withHead(pull: unknown, sha: string | null): Fields {
  const fields = fieldsOf(pull);
  return sha === null ? fields : { ...fields, head: { ...fieldsOf(fields["head"]), sha } };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
