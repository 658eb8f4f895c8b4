import { generateKeyPairSync, sign } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "octokit";
import { onTestFinished, vi } from "vitest";
import { WorldClock } from "../../clock.ts";
import type { Permissions } from "../access.ts";
import { GitHub } from "../github.ts";
import { type GitHubServer, type GitHubServerOptions, startGitHubServer } from "../server.ts";

/** 2026-03-01T10:00:00Z */
export const START = 1_772_359_200_000;
export const AT = { owner: "acme", repo: "policy" };
export const TEXT = "pools: []\n";
/** A classic token of Ana's, which may do all that a person's may. */
export const ANAS_TOKEN = "ghp_ana";

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** A GitHub with acme/policy, whose main has policy.yaml; its clock moves only by hand. */
export async function aGitHub(options: Partial<GitHubServerOptions> & { readonly isPrivate?: boolean } = {}) {
  const clock = new WorldClock(START);
  const github = new GitHub(() => clock.now());
  const repository = github.addRepository({ owner: AT.owner, name: AT.repo, isPrivate: options.isPrivate ?? false });
  const first = repository.commit({ files: { "policy.yaml": TEXT }, message: "Begin" });
  github.addToken({ token: ANAS_TOKEN, login: "ana" });
  const server = await startGitHubServer({ github, after: (delay, run) => clock.after(delay, run), ...options });
  onTestFinished(() => server.close());
  const advance = (duration: number) => clock.runUntil(() => false, clock.now() + duration);
  return { github, repository, first, server, clock, advance, octokit: anOctokit(server) };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const PLAIN = { log: SILENT, throttle: { enabled: false }, retry: { enabled: false } };

/** Without the plugins that wait and ask again. */
export function anOctokit(server: GitHubServer, token: string | null = ANAS_TOKEN): Octokit {
  return new Octokit({ ...PLAIN, baseUrl: server.apiUrl, ...(token === null ? {} : { auth: token }) });
}

export const APP_PERMISSIONS: Permissions = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
};

/** An app on acme with the real key and the real client's authentication; the system's time becomes GitHub's. */
export function anApp(github: GitHub, server: GitHubServer, permissions: Permissions = APP_PERMISSIONS) {
  vi.useFakeTimers({ toFake: ["Date"], now: github.now() });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const app = github.addApp({ slug: "bootswain", owner: AT.owner, publicKey: keys.publicKey, permissions });
  const installation = github.install(app, AT.owner);
  const auth = { appId: app.id, privateKey: keys.privateKey };
  const as = (more: object) =>
    new Octokit({ ...PLAIN, baseUrl: server.apiUrl, authStrategy: createAppAuth, auth: { ...auth, ...more } });
  return { app, installation, asApp: as({}), asInstallation: as({ installationId: installation.id }) };
}

/** Signed with the app's key, whatever it claims. */
export function aJwt(claims: object): string {
  const parts = [{ alg: "RS256", typ: "JWT" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signature = sign("sha256", Buffer.from(parts.join(".")), keys.privateKey);
  return [...parts, signature.toString("base64url")].join(".");
}

/** An app's token that was got by hand, for what octokit's own authentication would hide. */
export async function aToken(asApp: Octokit, installation_id: number, body: object = {}): Promise<string> {
  const { data } = await asApp.rest.apps.createInstallationAccessToken({ installation_id, ...body });
  return data.token;
}

/** What a call is refused with. */
export function refusal(status: number, message: string) {
  return { status, response: { data: { message } } };
}
