import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Bot } from "../../bot/bot.ts";
import { type Duration, type Instant, MINUTE, SECOND } from "../../bot/core/instant.ts";
import { connectGitHub, type GitHubConnection, type GitHubIdentity } from "../../bot/git/github/connection.ts";
import { gitHubPolicy } from "../../bot/git/github/github-place.ts";
import { PullReviewer } from "../../bot/git/github/pulls/reviewer.ts";
import type { PolicyPlace } from "../../bot/git/reading.ts";
import { reviewOf } from "../../bot/git/review/review-of.ts";
import { type Parse, policyFrom } from "../../bot/git/sources.ts";
import { webhookRoute } from "../../bot/http/github/webhook.ts";
import type { Route } from "../../bot/http/route.ts";
import { type RunningServer, serve } from "../../bot/http/server.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { policyNews } from "../../bot/policy/policy-news.ts";
import { SimCluster } from "../../bot/sim/cluster.ts";
import { GitHub } from "../../bot/sim/github/github.ts";
import type { Repository } from "../../bot/sim/github/repository.ts";
import { type GitHubServer, startGitHubServer } from "../../bot/sim/github/server.ts";
import type { Webhooks } from "../../bot/sim/github/webhooks.ts";
import type { SimProcess } from "../../bot/sim/process.ts";
import { at, text } from "../../bot/sim/rules/world.ts";
import { Underway } from "../../bot/sim/underway.ts";
import { logChat } from "../../bot/slack/log-chat.ts";
import { NO_PEOPLE } from "../../bot/slack/no-people.ts";

export const POLL: Duration = MINUTE;
export const FILE = "policy.yaml";
const CLUSTER = "abal-kuber";
const AT = { owner: "acme", repo: "policy" };
const SECRET = "a hook's secret";
const TOKEN = "ghp_of_the_bot";
const SILENT = { info: () => {}, warn: () => {} };

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

interface Settings {
  /** What main begins with. */
  readonly policy: string;
  /** Fri 2026-12-04 22:00 in Chicago when it is not given. */
  readonly start?: Instant;
  /** Who the bots are on GitHub; nobody, who only reads, when it is not given. */
  readonly as?: "app" | "token" | "nobody";
  /** What main waits for; nothing when it is not given. */
  readonly requiredChecks?: readonly string[];
}

/** One life of a replica, with the door that GitHub's deliveries come in by. */
interface Replica {
  readonly process: SimProcess;
  readonly bot: Bot;
  readonly door: Route;
}

/**
 * Two bots of a simulated cluster, which by the real client read their policy from an emulated GitHub and answer pull
 * requests there, and behind one address take its real deliveries. The cluster's time stands still for all of that.
 */
export class Workshop {
  readonly cluster: SimCluster;
  readonly github: GitHub;
  readonly server: GitHubServer;
  readonly repository: Repository;
  /** How often the policy was read, by each replica's name: "bot a". */
  readonly readings = new Map<string, number>();
  /** What came of deliveries. */
  readonly outcomes: string[] = [];
  /** Commits in the order in which they came into force. */
  readonly inForce: string[] = [];
  readonly warnings: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "bootswain-workshop-"));
  readonly #underway = new Underway();
  readonly #identity: GitHubIdentity;
  readonly #connections = new Map<SimProcess, GitHubConnection>();
  readonly #replicas: Replica[] = [];
  /** Which one gets the next delivery, as a Service would choose. */
  #next: Replica | null = null;
  #own: RunningServer | null = null;

  private constructor(
    { as = "nobody", requiredChecks = [] }: Settings,
    world: Pick<Workshop, "cluster" | "github" | "server">,
  ) {
    this.cluster = world.cluster;
    this.github = world.github;
    this.server = world.server;
    this.repository = this.github.addRepository({ owner: AT.owner, name: AT.repo });
    this.repository.protect("main", { requiredChecks });
    this.#identity = this.#enter(as);
    writeFileSync(join(this.#folder, "secret"), `${SECRET}\n`);
    this.cluster.store.onChange(({ resource, after }) => {
      if (resource !== "rebootfleets") return;
      const commit = text(at(after, "status", "policy", "commit"));
      if (commit !== "" && commit !== this.inForce.at(-1)) this.inForce.push(commit);
    });
  }

  /** Ends with the test. */
  static async open(settings: Settings): Promise<Workshop> {
    let made: Workshop | null = null;
    const known = (): Workshop => {
      if (made === null) throw new Error("the workshop is not open yet");
      return made;
    };
    const cluster = new SimCluster({
      seed: "workshop",
      start: settings.start ?? Date.UTC(2026, 11, 5, 4),
      clusterName: CLUSTER,
      policySource: (_random, process) => known().#sourceOf(process),
      ...(settings.as === undefined ? {} : { reviewer: (process) => known().#reviewerOf(process) }),
      slack: (process) => ({
        ...{ chat: logChat(SILENT), people: NO_PEOPLE },
        started: (bot) => known().#started(process, bot),
      }),
    });
    const { clock } = cluster;
    const github = new GitHub(() => clock.now());
    const server = await startGitHubServer({ github, after: clock.after.bind(clock) });
    made = new Workshop(settings, { cluster, github, server });
    onTestFinished(() => known().#close());
    await made.#begin(settings.policy);
    return made;
  }

  get webhooks(): Webhooks {
    return this.server.webhooks;
  }

  get now(): Instant {
    return this.cluster.clock.now();
  }

  commit(policy: string, branch = "main"): string {
    return this.repository.commit({ branch, files: { [FILE]: policy } }).sha;
  }

  /** The next deliveries go to this one. */
  to(who: "leader" | "standby"): void {
    const found = this.#living().find(({ bot }) => bot.turn()?.isLeader === (who === "leader"));
    if (found === undefined) throw new Error(`there is no ${who}`);
    this.#next = found;
  }

  /** Whoever gets deliveries dies, and gets them again as soon as it is back. */
  async restart(): Promise<void> {
    const { process } = this.#next ?? {};
    process?.kill();
    const again = (): Replica | undefined => this.#living().find((one) => one.process.name === process?.name);
    await this.until(() => (again()?.bot.turn() ?? null) !== null, POLL);
    this.#next = again() ?? null;
  }

  /** True once it is so; false when it was not within that much of the cluster's time. */
  async until(isSo: () => boolean, longest: Duration): Promise<boolean> {
    await this.webhooks.settled();
    return this.#underway.runUntil(this.cluster.clock, isSo, this.now + longest);
  }

  /** All deliveries are answered, and then so much time of the cluster goes by. */
  async pass(length: Duration): Promise<void> {
    await this.until(() => false, length);
  }

  async #begin(policy: string): Promise<void> {
    this.commit(policy);
    for (const name of ["a", "b"]) this.cluster.startBot(name);
    await this.until(() => this.inForce.length > 0, POLL);
    await this.#listen();
  }

  async #close(): Promise<void> {
    for (const name of this.cluster.livingBots()) this.cluster.killBot(name);
    await this.#own?.stop();
    await this.server.close();
    for (const connection of this.#connections.values()) await connection.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #living(): readonly Replica[] {
    return this.#replicas.filter(({ process }) => process.isAlive());
  }

  #started(process: SimProcess, bot: Bot): void {
    const door = webhookRoute({
      secretFile: join(this.#folder, "secret"),
      policy: { repository: `${AT.owner}/${AT.repo}`, ref: "main" },
      log: SILENT,
      metrics: { countDelivery: (outcome) => void this.outcomes.push(outcome) },
      lookAgain: (why) => bot.lookAgain(why),
    });
    this.#replicas.push({ process, bot, door });
  }

  async #listen(): Promise<void> {
    this.to("standby");
    const route: Route = {
      path: "/github/webhook",
      methods: ["POST"],
      answer: async (request) => (await this.#next?.door.answer(request)) ?? { code: 503, body: "" },
    };
    this.#own = await serve({ host: "127.0.0.1", port: 0 }, [route]);
    const url = `http://127.0.0.1:${this.#own.port}/github/webhook`;
    this.webhooks.add({ url, secret: SECRET, of: this.github.apps[0] ?? this.repository });
    await this.pass(10 * SECOND);
  }

  /** Makes the bots known to GitHub. An App signs by the system's time, which becomes GitHub's. */
  #enter(as: Settings["as"]): GitHubIdentity {
    const [keyFile, file] = [join(this.#folder, "key.pem"), join(this.#folder, "token")];
    if (as === "token") {
      this.github.addToken({ token: TOKEN, login: "bootswain-bot" });
      writeFileSync(file, TOKEN);
      return { kind: "token", file };
    }
    if (as !== "app") return { kind: "nobody" };
    vi.useFakeTimers({ toFake: ["Date"], now: this.now });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const permissions = { metadata: "read", contents: "read", pull_requests: "write", checks: "write" } as const;
    const app = this.github.addApp({ slug: "bootswain", owner: AT.owner, publicKey: keys.publicKey, permissions });
    this.github.install(app, AT.owner);
    writeFileSync(keyFile, keys.privateKey);
    return { kind: "app", id: `${app.id}`, keyFile };
  }

  #connectionOf(process: SimProcess): GitHubConnection {
    const known = this.#connections.get(process);
    if (known !== undefined) return known;
    const log = { ...SILENT, warn: (event: string) => void this.warnings.push(`${process.name}: ${event}`) };
    const parts = {
      ...AT,
      apiUrl: this.server.apiUrl,
      identity: this.#identity,
      clock: process.clock(),
      log,
      isDirect: true,
    };
    const connection = connectGitHub(parts);
    connection.octokit.hook.wrap("request", (request, options) =>
      this.#underway.during(Promise.resolve(request(options))),
    );
    this.#connections.set(process, connection);
    return connection;
  }

  #sourceOf(process: SimProcess) {
    const connection = this.#connectionOf(process);
    const address = { ...AT, apiUrl: this.server.apiUrl, ref: "main", path: FILE };
    const place = gitHubPolicy(address, { connection, clock: process.clock() });
    const read: PolicyPlace["read"] = (signal, inForce) => {
      this.readings.set(process.name, (this.readings.get(process.name) ?? 0) + 1);
      return place.read(signal, inForce);
    };
    const clock = process.clock();
    const parse: Parse = (content, origin, source) => policyNews(content, origin, source, clock.now());
    return policyFrom({ ...place, read }, { clock, random: { next: () => 0.5 }, every: POLL, parse });
  }

  #reviewerOf(process: SimProcess): PullReviewer {
    const warn = (event: string): void => void this.warnings.push(`${process.name}: ${event}`);
    return new PullReviewer({
      connection: this.#connectionOf(process),
      place: { branch: "main", path: FILE },
      clusterName: CLUSTER,
      review: (proposal, standing) => reviewOf(proposal, check, standing),
      clock: process.clock(),
      random: { next: () => 0.5 },
      log: { ...SILENT, warn },
    });
  }
}

const check = (content: string, file: string) => parsePolicy(content, { file, commit: null, subject: null });
