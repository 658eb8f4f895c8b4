import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TestCa } from "../gates/testing/certificates.ts";
import { type LyingServer, lyingServer, saying } from "../gates/testing/lying-server.ts";
import type { AccessFiles } from "./access.ts";
import { gitCommand } from "./git.ts";
import { gitPolicy } from "./git-policy.ts";
import type { Reading } from "./reading.ts";
import { gitBackend } from "./testing/git-backend.ts";
import { Repository } from "./testing/repository.ts";

const TOKEN = "ghp_s3cr3tT0ken";
const never = new AbortController().signal;
let folder = "";
let ca: TestCa;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bootswain-https-"));
  ca = new TestCa(folder, "ca");
  writeFileSync(join(folder, "token"), `${TOKEN}\n`);
  vi.stubEnv("no_proxy", "127.0.0.1");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const serverOf = (answer: RequestListener): Promise<LyingServer> => lyingServer(answer, ca.sign("IP:127.0.0.1"));

interface Wish {
  readonly files?: AccessFiles;
  readonly name?: string;
  readonly deadline?: number;
}

function read(server: LyingServer, { files, name = "policies", deadline = 20_000 }: Wish = {}): Promise<Reading> {
  const access = { caFile: ca.file, tokenFile: join(folder, "token"), ...files };
  const place = { url: `${server.url}/${name}`, ref: "main", path: "policy.yaml" };
  return gitPolicy(place, { git: gitCommand(deadline), workDir: join(folder, "work"), access }).read(never);
}

const problemOf = (reading: Reading): string =>
  reading.kind === "unreachable" ? reading.problem : `${reading.kind}, not unreachable`;

/** A repository that is served, by its folder's name. */
function served(): Repository {
  const repository = new Repository();
  repository.commit("policy.yaml", "one", "first");
  return repository;
}

test("a token from a file opens a repository over https", async () => {
  using repository = served();
  await using server = await serverOf(gitBackend(dirname(repository.folder), TOKEN));
  expect(await read(server, { name: basename(repository.folder) })).toMatchObject({ kind: "read", content: "one" });
});

test("a repository for everyone needs no token", async () => {
  using repository = served();
  await using server = await serverOf(gitBackend(dirname(repository.folder)));
  const access = { caFile: ca.file };
  const place = { url: `${server.url}/${basename(repository.folder)}`, ref: "main", path: "policy.yaml" };
  const policy = gitPolicy(place, { git: gitCommand(20_000), workDir: join(folder, "work"), access });
  expect(await policy.read(never)).toMatchObject({ kind: "read", content: "one" });
  expect(server.heard.every(({ authorization }) => authorization === undefined)).toBe(true);
});

test("a token that was changed in its file counts at the next reading", async () => {
  using repository = served();
  await using server = await serverOf(gitBackend(dirname(repository.folder), "next"));
  const name = basename(repository.folder);
  expect(problemOf(await read(server, { name }))).toMatch(/check --policy-token-file\.$/);
  writeFileSync(join(folder, "token"), "next");
  expect(await read(server, { name })).toMatchObject({ kind: "read" });
});

test("a huge file beside the policy is not brought", async () => {
  using repository = served();
  repository.git("config", "uploadpack.allowFilter", "true");
  repository.commit("video.bin", randomBytes(3_000_000), "a video");
  let sent = 0;
  const backend = gitBackend(dirname(repository.folder), TOKEN);
  await using server = await serverOf((request, response) => {
    const end = response.end.bind(response);
    response.end = (chunk?: unknown) => {
      sent += Buffer.isBuffer(chunk) ? chunk.length : 0;
      return end(chunk);
    };
    backend(request, response);
  });
  expect(await read(server, { name: basename(repository.folder) })).toMatchObject({ kind: "read", content: "one" });
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(20_000);
});

const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement", "content-length": "5000" });
  response.write("001e# service=git-upload-pack\n");
  setImmediate(() => response.socket?.destroy());
};

const elsewhere: RequestListener = (request, response) => {
  if (request.url?.startsWith("/there") === true) gitBackend("/")(request, response);
  else response.writeHead(301, { location: "/there/info/refs?service=git-upload-pack" }).end();
};

test.each<readonly [string, RequestListener, RegExp]>([
  ["authentication refused (401)", gitBackend("/", "another"), /check --policy-token-file\.$/],
  [
    "authentication refused (403)",
    saying("no", { status: 403 }),
    /403; the token may not read this repository, or the server refuses this bot\.$/,
  ],
  [
    "a repository that is gone (404)",
    saying("", { status: 404 }),
    /there is no such repository, or this bot may not see it\.$/,
  ],
  [
    "HTML instead of git",
    saying("<html>Sign in</html>", { type: "text/html" }),
    /it holds nothing, or what answers there is not git\.$/,
  ],
  ["a server that fails", saying("", { status: 500 }), /error: 500\.$/],
  ["an answer that is cut", cut, /The policy could not be read from https:/],
  [
    "a server that sends elsewhere",
    elsewhere,
    /301; name the repository's own address; a token is not sent on to another\.$/,
  ],
])("%s: the reason is said, and the token is in nothing that is said or left behind", async (_, answer, problem) => {
  await using server = await serverOf(answer);
  const said = problemOf(await read(server));
  expect(said).toMatch(problem);
  const left = leftIn(folder, "token");
  for (const secret of [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString("base64")]) {
    expect(said + left).not.toContain(secret);
  }
});

/** What all files say but one. */
function leftIn(where: string, but: string): string {
  const files = readdirSync(where, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.map((one) => (one.name === but ? "" : readFileSync(join(one.parentPath, one.name), "utf8"))).join();
}

test("a server that says the token back is not repeated", async () => {
  const echo: RequestListener = ({ headers }, response) =>
    response.writeHead(500, { "content-type": "text/plain" }).end(`wrong: ${headers.authorization} ${TOKEN}`);
  await using server = await serverOf(echo);
  const said = problemOf(await read(server));
  expect(server.heard[0]?.authorization).toMatch(/^Basic /);
  expect(said).not.toContain(TOKEN);
});

test("a slow server is given up at the deadline, with all that git started", async () => {
  await using server = await serverOf(() => {});
  const said = problemOf(await read(server, { deadline: 1_500 }));
  expect(said).toMatch(/git did not end within 1\.5 s\.$/);
});

test("a server whose certificate another authority signed is not believed", async () => {
  using repository = served();
  await using server = await serverOf(gitBackend(dirname(repository.folder), TOKEN));
  const other = new TestCa(mkdtempSync(join(folder, "other-")), "other");
  const said = problemOf(await read(server, { files: { caFile: other.file } }));
  expect(said).toMatch(/certificate.*check --policy-ca-file\.$/i);
  expect(server.heard).toEqual([]);
});

test.each<readonly [string, string | null, RegExp]>([
  ["is not there", null, /the token file \S+ can't be read \(ENOENT\); check --policy-token-file\.$/],
  ["is empty", "", /does not hold one token and nothing else/],
  ["holds two lines", `${TOKEN}\nX-Other: header`, /does not hold one token and nothing else/],
])("a token file that %s is said without what is in it", async (_, text, problem) => {
  const tokenFile = join(folder, "other-token");
  if (text !== null) writeFileSync(tokenFile, text);
  await using server = await serverOf(saying(""));
  const said = problemOf(await read(server, { files: { tokenFile } }));
  expect(said).toMatch(problem);
  expect(said).not.toContain(TOKEN);
  expect(server.heard).toEqual([]);
});
