import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../bot/process/clock.ts";
import type { App, Permissions } from "../../../bot/sim/github/access.ts";
import type { CheckRun, Comment, Pull } from "../../../bot/sim/github/conversation.ts";
import { GitHub } from "../../../bot/sim/github/github.ts";
import { openPull } from "../../../bot/sim/github/pulls.ts";
import type { Repository } from "../../../bot/sim/github/repository.ts";
import { type GitHubServer, startGitHubServer } from "../../../bot/sim/github/server.ts";
import type { Program } from "../program.ts";

export const FILE = "policy.yaml";
const CHECK = "bootswain/abal-kuber";
const AT = { owner: "acme", name: "policies" };
const SECRET = "5ecret-of-the-h00k";
/** As docs/pull-requests.md wants it. */
const PERMISSIONS: Permissions = { metadata: "read", contents: "read", pull_requests: "write", checks: "write" };

/** Each made as on GitHub's page, where an App gets a new key. */
const newKeys = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });

/** An emulated Enterprise server on the machine's clock, with acme/policies, the bot's App, and the files that a bot is given. */
export class Forge {
  readonly github: GitHub;
  readonly server: GitHubServer;
  readonly repository: Repository;
  readonly app: App;
  readonly #folder = mkdtempSync(join(tmpdir(), "bootswain-forge-"));
  readonly #keys = newKeys();
  readonly #wrongKey = newKeys().privateKey;

  private constructor(github: GitHub, server: GitHubServer, policy: string) {
    this.github = github;
    this.server = server;
    this.repository = github.addRepository({ owner: AT.owner, name: AT.name, isPrivate: true });
    this.repository.protect("main");
    this.app = this.addApp("bootswain", PERMISSIONS);
    this.commit(policy, { message: "Reboot nights" });
    this.putKey("right");
    this.putSecret(SECRET);
  }

  static async open(policy: string): Promise<Forge> {
    const github = new GitHub(systemClock.now);
    const server = await startGitHubServer({ github, after: systemClock.after, prefix: "/api/v3" });
    return new Forge(github, server, policy);
  }

  /** For `run`; nothing of it is secret. */
  get args(): readonly string[] {
    return [
      ...["--policy-github", this.repository.fullName, "--github-api-url", this.server.apiUrl],
      ...["--github-app-id", `${this.app.id}`, "--github-app-key-file", join(this.#folder, "key.pem")],
      ...["--listen", "127.0.0.1:0", "--github-webhook-secret-file", join(this.#folder, "secret")],
    ];
  }

  /** Installed on acme; with the same key as the bot's. */
  addApp(slug: string, permissions: Permissions): App {
    const app = this.github.addApp({ slug, owner: AT.owner, publicKey: this.#keys.publicKey, permissions });
    this.github.install(app, AT.owner);
    return app;
  }

  putKey(which: "right" | "wrong"): void {
    const key = which === "right" ? this.#keys.privateKey : this.#wrongKey;
    writeFileSync(join(this.#folder, "key.pem"), key, { mode: 0o600 });
  }

  putSecret(secret: string): void {
    writeFileSync(join(this.#folder, "secret"), `${secret}\n`, { mode: 0o600 });
  }

  /** GitHub's deliveries go to this bot, too, from its ping on. */
  async hookTo(bot: Program, secret = SECRET): Promise<void> {
    const { port } = await bot.says("listens");
    this.server.webhooks.add({ url: `http://127.0.0.1:${port}/github/webhook`, secret, of: this.app });
  }

  /** The commit's id. */
  commit(policy: string, { branch = "main", message = "Change the policy" } = {}): string {
    const author = { name: "Ana", email: "ana@example.com" };
    return this.repository.commit({ branch, files: { [FILE]: policy }, message, author }).sha;
  }

  /** Pushes the policy to a branch of its own and opens a pull request for that; its number. */
  propose(policy: string, branch: string): number {
    this.commit(policy, { branch, message: "Let the workers go by themselves" });
    const draft = { title: "Let the workers go by themselves", author: "ben", head: branch };
    const pull = openPull(this.github, this.repository, draft);
    if (pull === null) throw new Error("there is nothing to merge");
    return pull.number;
  }

  pull(number: number): Pull {
    const pull = this.repository.pulls.get(number);
    if (pull === undefined) throw new Error(`there is no #${number}`);
    return pull;
  }

  runs(number: number): readonly CheckRun[] {
    const { sha } = this.pull(number).head;
    return [...this.repository.checkRuns.values()].filter((run) => run.headSha === sha && run.name === CHECK);
  }

  comments(number: number): readonly Comment[] {
    return [...this.repository.comments.values()].filter((comment) => comment.number === number);
  }

  /** The run on the pull request's newest commit, once it is completed. */
  async checked(number: number): Promise<CheckRun> {
    return this.github.log.until(() => this.runs(number).find(({ status }) => status === "completed") ?? null);
  }

  /** The newest of the bot's comments, once it says so. */
  async said(number: number, what: string): Promise<Comment> {
    return this.github.log.until(() => this.comments(number).find(({ body }) => body.includes(what)) ?? null);
  }

  /** What of the secrets stands in a text; nothing does where all is well. */
  leaksIn(text: string): readonly string[] {
    const lines = [this.#keys.privateKey, this.#wrongKey].flatMap((key) => key.split("\n").slice(1, -2));
    const found = [SECRET, ...lines].filter((secret) => text.includes(secret));
    // As GitHub makes tokens, and as an App signs; and how either is sent.
    const shaped = text.match(/\bgh[a-z]_\w{6,}|github_pat_\w+|\beyJ[\w-]{6,}\.[\w-]+|(?:bearer|token) \w{20,}/gi);
    return [...found, ...(shaped ?? [])];
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
