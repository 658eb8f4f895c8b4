import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Gates } from "../coordinator/ports.ts";
import { endpointOf } from "./endpoint.ts";
import { gateReader } from "./gate-reader.ts";
import { alertsGate } from "./testing/asked-gates.ts";
import { TestCa } from "./testing/certificates.ts";
import { lyingServer, saying } from "./testing/lying-server.ts";

const GATE = alertsGate({ severity: "critical" });
const NO_ALERTS = { kind: "alerts", alerts: [] };
const PLENTY = 20_000;

let folder = "";
let tokenFile = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-credentials-"));
  tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "s3cret-1\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

function readerOf(url: string, files: { tokenFile?: string; caFile?: string }, deadline = PLENTY): Gates {
  const alertmanager = endpointOf("Alertmanager", { url, tokenFile: files.tokenFile, caFile: files.caFile });
  return gateReader({ prometheus: null, alertmanager, deadline });
}

const why = async (reader: Gates): Promise<string> => {
  const answer = await reader.read(GATE);
  return answer.kind === "unreachable" ? answer.why : answer.kind;
};

test("the token is read at each call", async () => {
  await using server = await lyingServer(saying([]));
  const reader = readerOf(server.url, { tokenFile });
  await reader.read(GATE);
  writeFileSync(tokenFile, "s3cret-2");
  await reader.read(GATE);
  expect(server.heard.map(({ authorization }) => authorization)).toEqual(["Bearer s3cret-1", "Bearer s3cret-2"]);
});

test("a token goes to its own endpoint alone", async () => {
  await using own = await lyingServer(saying([]));
  await using other = await lyingServer(saying({}));
  const alertmanager = endpointOf("Alertmanager", { url: own.url, tokenFile, caFile: undefined });
  const prometheus = endpointOf("Prometheus", { url: other.url, tokenFile: undefined, caFile: undefined });
  await gateReader({ prometheus, alertmanager }).read({ kind: "query", name: "errors", mustHold: "a < 1" });
  expect(other.heard.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
});

test("a redirect does not lead the token elsewhere", async () => {
  await using other = await lyingServer(saying([]));
  await using own = await lyingServer((_, response) => response.writeHead(307, { location: other.url }).end());
  expect(await why(readerOf(own.url, { tokenFile }))).toMatch(/answered with a redirect to http:.* \(HTTP 307\)/);
  expect(other.heard).toEqual([]);
});

test.each([
  ["in a reason", 400, { error: "I was told Bearer s3cret-1" }, /refuses the question: I was told Bearer …$/],
  ["in plain JSON", 500, "s3cret-1", /HTTP 500: …$/],
])("a server that repeats the token %s gives nothing away", async (_, status, body, expected) => {
  await using server = await lyingServer(saying(JSON.stringify(body), { status }));
  expect(await why(readerOf(server.url, { tokenFile }))).toMatch(expected);
});

test("a redirect that repeats the token gives nothing away", async () => {
  await using server = await lyingServer((_, response) =>
    response.writeHead(302, { location: "http://x/s3cret-1/login" }).end(),
  );
  expect(await why(readerOf(server.url, { tokenFile }))).toMatch(/redirect to http:\/\/x\/…\/login/);
});

test("a wrong token is told from none", async () => {
  await using server = await lyingServer(saying("no", { status: 401 }));
  expect(await why(readerOf(server.url, { tokenFile }))).toMatch(/answered with HTTP 401: check the token$/);
});

test.each<readonly [string, () => void, RegExp]>([
  ["is gone", () => rmSync(tokenFile), /^the token for Alertmanager can't be read from .*token \(ENOENT\)$/],
  ["is empty", () => writeFileSync(tokenFile, " \n"), /^the token for Alertmanager is missing: .*token is empty$/],
  [
    "has two lines",
    () => writeFileSync(tokenFile, "s3cret-1\ns3cret-2\n"),
    /^the token for Alertmanager in .*token has characters that no token has$/,
  ],
])("a token file that %s while the bot runs is said, and nothing is sent", async (_, change, expected) => {
  await using server = await lyingServer(saying([]));
  const reader = readerOf(server.url, { tokenFile });
  change();
  expect(await why(reader)).toMatch(expected);
  expect(server.heard).toEqual([]);
});

test("a token file that can't be opened in time does not hold the reading up", async () => {
  await using server = await lyingServer(saying([]));
  const reader = readerOf(server.url, { tokenFile }, 100);
  rmSync(tokenFile);
  expect(spawnSync("mkfifo", [tokenFile]).status).toBe(0);
  expect(await why(reader)).toMatch(/did not answer within 0\.1 s$/);
  // Ends the opening that still waits for a writer.
  closeSync(openSync(tokenFile, constants.O_RDWR));
});

test("a server is trusted by its own CA", async () => {
  const ca = new TestCa(folder, "ca");
  await using server = await lyingServer(saying([]), ca.sign("IP:127.0.0.1"));
  expect(await readerOf(server.url, { caFile: ca.file }).read(GATE)).toEqual(NO_ALERTS);
});

test.each<readonly [string, (ca: TestCa, other: TestCa) => { name: string; caFile?: string }, string]>([
  ["without a CA", () => ({ name: "IP:127.0.0.1" }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["by another CA", (_, other) => ({ name: "IP:127.0.0.1", caFile: other.file }), "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["under another name", (ca) => ({ name: "DNS:example.com", caFile: ca.file }), "ERR_TLS_CERT_ALTNAME_INVALID"],
])("a server is not trusted %s, and gets no token", async (_, arrange, code) => {
  const ca = new TestCa(folder, "ca");
  const { name, ...files } = arrange(ca, new TestCa(folder, "other"));
  await using server = await lyingServer(saying([]), ca.sign(name));
  expect(await why(readerOf(server.url, { tokenFile, ...files }))).toBe(
    `Alertmanager at ${server.url} shows a certificate that is not trusted (${code}): check --alertmanager-ca-file and the name in its address`,
  );
  expect(server.heard).toEqual([]);
});

test("TLS that is none is said", async () => {
  await using server = await lyingServer(saying([]));
  expect(await why(readerOf(server.url.replace("http:", "https:"), {}))).toMatch(
    /^TLS with Alertmanager at https:.+ fails \(.+\): does it speak plain http/,
  );
});
