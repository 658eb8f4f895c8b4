import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicySource } from "../coordinator/policy-source-port.ts";
import type { Random } from "../coordinator/ports.ts";
import { type Instant, MINUTE } from "../core/instant.ts";
import { connectGitHub, type GitHubConnection } from "../git/github/connection.ts";
import { gitHubPolicy } from "../git/github/github-place.ts";
import { PullReviewer } from "../git/github/pulls/reviewer.ts";
import { reviewOf } from "../git/review/review-of.ts";
import { type Parse, policyFrom } from "../git/sources.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { policyNews } from "../policy/policy-news.ts";
import type { WorldClock } from "../sim/clock.ts";
import { GitHub } from "../sim/github/github.ts";
import type { Repository } from "../sim/github/repository.ts";
import { type GitHubServer, startGitHubServer } from "../sim/github/server.ts";
import type { SimProcess } from "../sim/process.ts";
import { Underway } from "../sim/underway.ts";

const AT = { owner: "acme", repo: "platform-policies" };
export const FILE = "abal-kuber.yaml";
const BRANCH = "main";
const SILENT = { info: () => {}, warn: () => {} };

/** An emulated GitHub with the policy's repository, which the real client reads and whose pull requests it answers. */
export class PolicyOnGitHub {
  readonly github: GitHub;
  readonly repository: Repository;
  readonly #server: GitHubServer;
  readonly #folder: string;
  readonly #clusterName: string;
  readonly #identity: { readonly kind: "app"; readonly id: string; readonly keyFile: string };
  /** The cluster's time stands still for what is asked of GitHub. */
  readonly #underway = new Underway();
  readonly #connections: GitHubConnection[] = [];

  private constructor(
    world: { github: GitHub; server: GitHubServer; folder: string; clusterName: string },
    appId: number,
  ) {
    this.github = world.github;
    this.#server = world.server;
    this.#folder = world.folder;
    this.#clusterName = world.clusterName;
    this.#identity = { kind: "app", id: `${appId}`, keyFile: join(world.folder, "key.pem") };
    this.repository = world.github.addRepository({ owner: AT.owner, name: AT.repo });
  }

  static async open(clock: WorldClock, clusterName: string): Promise<PolicyOnGitHub> {
    const folder = await mkdtemp(join(tmpdir(), "bootswain-demo-"));
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    await writeFile(join(folder, "key.pem"), privateKey, { mode: 0o600 });
    const github = new GitHub(() => clock.now());
    const permissions = { metadata: "read", contents: "read", pull_requests: "write", checks: "write" } as const;
    const app = github.addApp({ slug: "bootswain", owner: AT.owner, publicKey, permissions });
    github.install(app, AT.owner);
    const server = await startGitHubServer({ github, after: (delay, run) => clock.after(delay, run) });
    return new PolicyOnGitHub({ github, server, folder, clusterName }, app.id);
  }

  /** The first commit of the branch. */
  begin(text: string, subject: string): string {
    this.repository.protect(BRANCH);
    return this.repository.commit({ branch: BRANCH, files: { [FILE]: text }, message: subject }).sha;
  }

  /** Where the bot in this process has its policy from. */
  sourceFor(process: SimProcess, random: Random): PolicySource {
    const connection = this.#connect(process);
    const address = { ...AT, apiUrl: this.#server.apiUrl, ref: BRANCH, path: FILE };
    const clock = process.clock();
    const place = gitHubPolicy(address, { connection, clock });
    const parse: Parse = (text, read, source) => policyNews(text, read, source, clock.now());
    return policyFrom(place, { clock, random, every: MINUTE, parse });
  }

  /** Who answers pull requests in its name. */
  reviewerFor(process: SimProcess): PullReviewer {
    return new PullReviewer({
      connection: this.#connect(process),
      place: { branch: BRANCH, path: FILE },
      clusterName: this.#clusterName,
      review: (proposal, standing) => reviewOf(proposal, check, standing),
      clock: process.clock(),
      random: { next: () => 0.5 },
      log: SILENT,
    });
  }

  /** As the clock's. */
  runUntil(clock: WorldClock, isDone: () => boolean, until: Instant): Promise<boolean> {
    return this.#underway.runUntil(clock, isDone, until);
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #connect(process: SimProcess): GitHubConnection {
    const parts = {
      ...AT,
      apiUrl: this.#server.apiUrl,
      identity: this.#identity,
      clock: process.clock(),
      log: SILENT,
      isDirect: true,
    };
    const connection = connectGitHub(parts);
    const { hook } = connection.octokit;
    hook.wrap("request", (request, options) => this.#underway.during(Promise.resolve(request(options))));
    this.#connections.push(connection);
    return connection;
  }
}

const check = (text: string, file: string) => parsePolicy(text, { file, commit: null, subject: null });
