import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Clock } from "../../../coordinator/ports.ts";
import type { App, Permissions } from "../../../sim/github/access.ts";
import { AT, aGitHub } from "../../../sim/github/testing/real-octokit.ts";
import type { PolicyPlace, Reading } from "../../reading.ts";
import { gitHubAddress } from "../address.ts";
import {
  type AppIdentity,
  connectGitHub,
  type GitHubConnection,
  type GitHubIdentity,
  type GitHubParts,
} from "../connection.ts";
import { gitHubPolicy } from "../github-place.ts";

/** A classic token of Ana's, in a file of its own. */
export const TOKEN = "ghp_s3cr3tT0kenOfAna";

const anotherKey = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });

export const KEY = anotherKey();
export const OTHER_KEY = anotherKey();

/** What an App needs that only reads. */
const READS: Permissions = { metadata: "read", contents: "read", pull_requests: "read" };

/** A GitHub with a private acme/policy, and files of who may read there; nothing goes over a proxy. */
export async function aPrivateGitHub(options: Parameters<typeof aGitHub>[0] = {}) {
  vi.stubEnv("no_proxy", "127.0.0.1");
  const folder = mkdtempSync(join(tmpdir(), "bootswain-github-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const world = await aGitHub({ isPrivate: true, ...options });
  world.github.addToken({ token: TOKEN, login: "ana" });
  const files = { token: join(folder, "token"), key: join(folder, "key.pem") };
  writeFileSync(files.token, `${TOKEN}\n`);
  writeFileSync(files.key, KEY.privateKey);
  const logged: unknown[] = [];
  const note = (event: string, fields?: object): void => void logged.push([event, fields]);
  const now = () => world.clock.now();
  const clock: Clock = { now, monotonic: now, after: (delay, run) => world.clock.after(delay, run) };
  const connect = (identity: GitHubIdentity, more: Partial<GitHubParts> = {}): GitHubConnection => {
    const parts = { ...AT, apiUrl: world.server.apiUrl, identity, clock, log: { info: note, warn: note }, ...more };
    const connection = connectGitHub(parts);
    onTestFinished(() => connection.close());
    return connection;
  };
  return { ...world, ...{ folder, files, logged, clock, connect } };
}

type World = Awaited<ReturnType<typeof aPrivateGitHub>>;

/** An App on acme, and the system's time is GitHub's: signed tokens are made by it. */
export function anAppOf({ github, files }: World, permissions: Permissions = READS) {
  vi.useFakeTimers({ toFake: ["Date"], now: github.now() });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const app: App = github.addApp({ slug: "bootswain", owner: AT.owner, publicKey: KEY.publicKey, permissions });
  const installation = github.install(app, AT.owner);
  const identity: AppIdentity = { kind: "app", id: `${app.id}`, keyFile: files.key };
  return { app, installation, identity };
}

/** The policy on main, as the owner of the token reads it. */
export function aPlace(
  world: World,
  {
    connection,
    ref = "main",
    path = "policy.yaml",
  }: { connection?: GitHubConnection; ref?: string; path?: string } = {},
): PolicyPlace {
  const address = gitHubAddress({ repository: "acme/policy", apiUrl: world.server.apiUrl, ref, path });
  if (typeof address === "string") throw new Error(address);
  const by = connection ?? world.connect({ kind: "token", file: world.files.token });
  return gitHubPolicy(address, { connection: by, clock: world.clock });
}

const never = new AbortController().signal;

/** What a place says now. */
export const readingOf = (place: PolicyPlace): Promise<Reading> => place.read(never);

export const problemOf = (reading: Reading): string => (reading.kind === "read" ? "it was read" : reading.problem);

/** The routes that were asked for since the last time, in short, with what was answered. */
export function routesSince({ requests }: World["server"]): readonly string[] {
  return requests
    .splice(0)
    .map(({ route, status }) => `${route.replace(/^GET \/repos\/\{owner\}\/\{repo\}/, "")} ${status}`);
}
