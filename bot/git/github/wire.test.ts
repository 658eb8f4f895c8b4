import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { TestCa } from "../../gates/testing/certificates.ts";
import { lyingServer, saying } from "../../gates/testing/lying-server.ts";
import type { GitHubConnection, GitHubParts } from "./connection.ts";
import { anAppOf, aPlace, aPrivateGitHub, problemOf, readingOf, TOKEN } from "./testing/connected.ts";
import { type Trouble, wordsOf } from "./trouble.ts";

const ask = ({ octokit }: GitHubConnection) => octokit.rest.repos.get({ owner: "acme", repo: "policy" });

const troubleOf = async (connection: GitHubConnection): Promise<Trouble | "answered"> =>
  ask(connection).then(() => "answered", wordsOf);

/** Asks a server that answers as it is told. */
async function asked(answer: RequestListener, more: Partial<GitHubParts> = {}): Promise<Trouble | "answered"> {
  const world = await aPrivateGitHub();
  await using server = await lyingServer(answer);
  return await troubleOf(
    world.connect({ kind: "token", file: world.files.token }, { apiUrl: server.url, deadline: 2_000, ...more }),
  );
}

const cutInTheBody: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "5000" }).write('{"full_name":');
  setImmediate(() => response.socket?.destroy());
};

const endless: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const more = (): void => {
    while (response.write("x".repeat(64 * 1024)));
    response.once("drain", more);
  };
  more();
};

const dripping: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).write("{");
};

const redirecting =
  (location: string, status = 301): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location }).end("{}");

test.each<readonly [string, RequestListener, string, RegExp, Partial<GitHubParts>]>([
  [
    "JSON that is cut, with 200",
    saying('{"full_name": "acme/'),
    "odd",
    /answers with JSON that is not whole \(200\)/,
    {},
  ],
  ["HTML with 200", saying("<html>Sign in", { type: "text/html" }), "odd", /text\/html \(200\) where JSON was/, {}],
  ["nothing with 200", (_, response) => response.end(), "odd", /answers with nothing \(200\) where JSON was/, {}],
  ["an answer that is cut", cutInTheBody, "unreachable", /cut the connection before its answer was whole$/, {}],
  ["an answer without an end", endless, "odd", /answers with more than 100 KiB$/, { mostBytes: 100 * 1024 }],
  ["an answer that drips", dripping, "unreachable", /did not answer within 0\.2 s$/, { deadline: 200 }],
  ["no answer", () => {}, "unreachable", /did not answer within 0\.2 s$/, { deadline: 200 }],
  ["a redirect without end", redirecting("/"), "odd", /redirects without end; check --github-api-url$/, {}],
  [
    "a redirect to nowhere",
    redirecting("http://["),
    "odd",
    /redirects \(301\) to where this can't be asked again;/,
    {},
  ],
  ["a redirect of another kind", redirecting("/x", 303), "odd", /redirects \(303\) to where this can't be/, {}],
  [
    "a limit until the end of all calendars",
    (_, response) =>
      response.writeHead(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "9".repeat(30) }).end("{}"),
    "forbidden",
    /refuses this to the bot \(403\)/,
    {},
  ],
])("%s is trouble, and told as such", async (_, answer, kind, says, more) => {
  const trouble = await asked(answer, more);
  expect(trouble).toMatchObject({ kind, says: expect.stringMatching(says) });
});

test("a redirect to another host is not followed, since the token would go with it", async () => {
  await using other = await lyingServer(saying({ full_name: "acme/policy" }));
  const trouble = await asked(redirecting(`${other.url}/repos/acme/policy`));
  expect(trouble).toMatchObject({
    says: expect.stringMatching(/sends this on to 127\.0\.0\.1:\d+, and a token is not sent to another host/),
  });
  expect(other.heard).toEqual([]);
});

test("a refused connection is said", async () => {
  const world = await aPrivateGitHub();
  const gone = await lyingServer(() => {});
  await gone[Symbol.asyncDispose]();
  expect(await troubleOf(world.connect({ kind: "nobody" }, { apiUrl: gone.url }))).toMatchObject({
    kind: "unreachable",
    says: `${new URL(gone.url).host}, or the proxy before it, refuses connections`,
  });
});

test("a reading that is stopped ends at once, and says so", async () => {
  const world = await aPrivateGitHub();
  await using server = await lyingServer(() => {});
  const connection = world.connect({ kind: "nobody" }, { apiUrl: server.url });
  const signal = AbortSignal.abort();
  const call = connection.octokit.rest.repos.get({ owner: "acme", repo: "policy", request: { signal } });
  expect(await call.catch(wordsOf)).toMatchObject({ says: "it was stopped" });
});

/** Says back all that it was sent, as a message, as a header and in pages of another kind. */
const echo =
  (status: number, type: string): RequestListener =>
  (request, response) => {
    const said = `wrong: ${request.headers.authorization}`;
    const body = type.endsWith("json") ? JSON.stringify({ message: said, full_name: said }) : `<p>${said}</p>`;
    response.writeHead(status, { "content-type": type, "x-accepted-github-permissions": said }).end(body);
  };

const ECHOES = [200, 401, 403, 404, 422, 500, 503].flatMap((status) =>
  ["application/json", "text/html"].map((type) => [status, type] as const),
);

test.each(ECHOES)("a server that says a token back (%d, %s) is not repeated", async (status, type) => {
  const world = await aPrivateGitHub();
  await using server = await lyingServer(echo(status, type));
  const connection = world.connect({ kind: "token", file: world.files.token }, { apiUrl: server.url });
  const answer = await ask(connection).catch((error) => [error, String(error.stack), wordsOf(error)]);
  expect(server.heard[0]?.authorization).toBe(`bearer ${TOKEN}`);
  expect(
    JSON.stringify([answer, problemOf(await readingOf(aPlace(world, { connection }))), world.logged]),
  ).not.toContain(TOKEN);
});

test.each(ECHOES)("a server that says an App's signed token back (%d, %s) is not repeated", async (status, type) => {
  const world = await aPrivateGitHub();
  const { identity } = anAppOf(world);
  await using server = await lyingServer(echo(status, type));
  const connection = world.connect(identity, { apiUrl: server.url });
  const answer = await ask(connection).catch((error) => [error, String(error.stack), wordsOf(error)]);
  const jwt = server.heard[0]?.authorization?.split(" ")[1] ?? "none";
  expect(jwt).toMatch(/^eyJ/);
  expect(
    JSON.stringify([answer, problemOf(await readingOf(aPlace(world, { connection }))), world.logged]),
  ).not.toContain(jwt);
});

test("octokit writes nothing to the console, whatever the server wants to have said", async () => {
  const said = ["log", "info", "warn", "error"].map((name) =>
    vi.spyOn(console, name as "log").mockImplementation(() => {}),
  );
  onTestFinished(() => void vi.restoreAllMocks());
  const old: RequestListener = (_, response) =>
    response.writeHead(200, { "content-type": "application/json", deprecation: "true", link: "" }).end("{}");
  expect(await asked(old)).toBe("answered");
  expect(said.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

/** A proxy that forwards, and makes tunnels; what it was asked for. */
async function aProxy({ refuses = false } = {}) {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    heard.push(`${request.method} ${request.url}`);
    const { authorization = "", accept = "", "user-agent": agent = "" } = request.headers;
    const answer = await fetch(request.url ?? "", { headers: { authorization, accept, "user-agent": agent } });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  });
  server.on("connect", (request, socket) => {
    heard.push(`CONNECT ${request.url}`);
    if (refuses) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const [host, port] = (request.url ?? "").split(":");
    const far = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.pipe(socket).pipe(far);
    });
    for (const end of [far, socket]) end.on("error", () => far.destroy());
    socket.on("close", () => far.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return { heard, url: `http://127.0.0.1:${address.port}` };
}

test("plain http goes over the proxy of the environment, and past it where no_proxy says so", async () => {
  const world = await aPrivateGitHub();
  const proxy = await aProxy();
  vi.stubEnv("no_proxy", "");
  vi.stubEnv("http_proxy", proxy.url);
  const connection = world.connect({ kind: "token", file: world.files.token });
  expect((await ask(connection)).data.full_name).toBe("acme/policy");
  expect(proxy.heard).toEqual([`GET ${world.server.apiUrl}/repos/acme/policy`]);
  vi.stubEnv("no_proxy", "localhost,127.0.0.1");
  await ask(connection);
  expect(proxy.heard).toHaveLength(1);
});

/** A server over TLS whose certificate one authority alone signed. */
async function aTlsServer(folder: string) {
  const ca = new TestCa(folder, "ca");
  const server = await lyingServer(saying({ full_name: "acme/policy" }), ca.sign("IP:127.0.0.1"));
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { caFile: ca.file, apiUrl: server.url, server };
}

test("https goes through a tunnel of the proxy, and the server is still known by its certificate", async () => {
  const world = await aPrivateGitHub();
  const { caFile, apiUrl, server } = await aTlsServer(world.folder);
  const proxy = await aProxy();
  vi.stubEnv("no_proxy", "");
  vi.stubEnv("https_proxy", proxy.url);
  const identity = { kind: "token", file: world.files.token } as const;
  expect((await ask(world.connect(identity, { apiUrl, caFile }))).data.full_name).toBe("acme/policy");
  expect(proxy.heard).toEqual([`CONNECT ${new URL(apiUrl).host}`]);
  expect(await troubleOf(world.connect(identity, { apiUrl }))).toMatchObject({
    says: expect.stringMatching(UNTRUSTED),
  });
  expect(server.heard).toHaveLength(1);
});

const UNTRUSTED = /shows a certificate that is not trusted \(\w+\); check --policy-ca-file and --github-api-url$/;

test.each<readonly [string, (good: string) => Promise<string>, RegExp]>([
  [
    "that refuses",
    async () => (await aProxy({ refuses: true })).url,
    /^the proxy does not let 127\.0\.0\.1:\d+ through \(.*407.*\); check https_proxy and no_proxy$/,
  ],
  ["that is not there", async () => "http://127.0.0.1:1", /or the proxy before it, refuses connections$/],
  ["that is no URL", async () => "http://bot:s3cret@[", /^https_proxy or http_proxy in the environment is no URL/],
])("a proxy %s is said", async (_, proxyUrl, says) => {
  const world = await aPrivateGitHub();
  const { caFile, apiUrl } = await aTlsServer(world.folder);
  vi.stubEnv("no_proxy", "");
  vi.stubEnv("https_proxy", await proxyUrl(apiUrl));
  const trouble = await troubleOf(world.connect({ kind: "nobody" }, { apiUrl, caFile }));
  expect(trouble).toMatchObject({ kind: "unreachable", says: expect.stringMatching(says) });
  expect(JSON.stringify(trouble)).not.toContain("s3cret");
});

test("a CA file that was changed counts at the next request; one that is not there is said", async () => {
  const world = await aPrivateGitHub();
  const { caFile, apiUrl, server } = await aTlsServer(world.folder);
  const other = new TestCa(mkdtempSync(join(world.folder, "other-")), "other");
  const file = join(world.folder, "trusted.pem");
  const connection = world.connect({ kind: "token", file: world.files.token }, { apiUrl, caFile: file });
  expect(await troubleOf(connection)).toMatchObject({
    says: `the certificates in ${file} can't be read (ENOENT); check --policy-ca-file`,
  });
  writeFileSync(file, readFileSync(other.file));
  expect(await troubleOf(connection)).toMatchObject({ kind: "unreachable", says: expect.stringMatching(UNTRUSTED) });
  expect(server.heard).toEqual([]);
  writeFileSync(file, readFileSync(caFile));
  expect(await troubleOf(connection)).toBe("answered");
});
