import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bot } from "../../../bot/bot.ts";
import { type Duration, MINUTE, SECOND } from "../../../bot/core/instant.ts";
import type { PolicyPlace, Reading } from "../../../bot/git/reading.ts";
import { type Parse, policyFrom } from "../../../bot/git/sources.ts";
import { webhookRoute } from "../../../bot/http/github/webhook.ts";
import type { Route } from "../../../bot/http/route.ts";
import { type RunningServer, serve } from "../../../bot/http/server.ts";
import { parsePolicy } from "../../../bot/policy/parse-policy.ts";
import { formatProblem } from "../../../bot/policy/problem.ts";
import { SimCluster } from "../../../bot/sim/cluster.ts";
import { contentOf } from "../../../bot/sim/github/git-objects.ts";
import { GitHub } from "../../../bot/sim/github/github.ts";
import type { Repository } from "../../../bot/sim/github/repository.ts";
import { type GitHubServer, startGitHubServer } from "../../../bot/sim/github/server.ts";
import type { Webhooks } from "../../../bot/sim/github/webhooks.ts";
import type { SimProcess } from "../../../bot/sim/process.ts";
import { at, text } from "../../../bot/sim/rules/world.ts";
import { logChat } from "../../../bot/slack/log-chat.ts";
import { NO_PEOPLE } from "../../../bot/slack/no-people.ts";
import { automaticPolicyText } from "../../cluster/policy-text.ts";

const SECRET = "a hook's secret";
export const POLL: Duration = MINUTE;
const SILENT = { info: () => {}, warn: () => {} };

/** One life of a replica, with the door that GitHub's deliveries come in by. */
interface Replica {
  readonly process: SimProcess;
  readonly bot: Bot;
  readonly door: Route;
}

/**
 * Two bots of a simulated cluster, which read their policy from an emulated GitHub's repository, and behind one address take
 * that GitHub's real deliveries over HTTP. The cluster's time stands still while one is on its way.
 */
export class TwoReplicas {
  readonly cluster: SimCluster;
  readonly repository: Repository;
  /** How often the policy was read, by each replica's name: "bot a". */
  readonly readings = new Map<string, number>();
  readonly outcomes: string[] = [];
  /** Commits in the order in which they came into force. */
  readonly inForce: string[] = [];
  readonly #github: GitHub;
  readonly #replicas: Replica[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "bootswain-webhook-"));
  /** Which one gets the next delivery, as a Service would choose. */
  #next: Replica | null = null;
  #servers: { readonly own: RunningServer; readonly github: GitHubServer } | null = null;

  private constructor() {
    writeFileSync(join(this.#folder, "secret"), `${SECRET}\n`);
    this.cluster = new SimCluster({
      seed: "webhooks",
      start: Date.UTC(2026, 11, 5, 4),
      clusterName: "abal-kuber",
      policySource: (_random, process) => this.#sourceOf(process),
      slack: (process) => ({
        ...{ chat: logChat(SILENT), people: NO_PEOPLE },
        started: (bot) => this.#started(process, bot),
      }),
    });
    this.cluster.store.onChange(({ resource, after }) => {
      if (resource !== "rebootfleets") return;
      const commit = text(at(after, "status", "policy", "commit"));
      if (commit !== "" && commit !== this.inForce.at(-1)) this.inForce.push(commit);
    });
    this.#github = new GitHub(() => this.cluster.clock.now());
    this.repository = this.#github.addRepository({ owner: "acme", name: "policy" });
  }

  /** Both are up, one leads by the first commit, and the hook was pinged. */
  static async begin(): Promise<TwoReplicas> {
    const made = new TwoReplicas();
    made.commit();
    for (const name of ["a", "b"]) made.cluster.startBot(name);
    await made.cluster.clock.runUntil(() => made.inForce.length > 0, made.cluster.clock.now() + POLL);
    await made.#listen();
    return made;
  }

  async end(): Promise<void> {
    for (const name of this.cluster.livingBots()) this.cluster.killBot(name);
    await this.#servers?.own.stop();
    await this.#servers?.github.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get webhooks(): Webhooks {
    if (this.#servers === null) throw new Error("nothing listens yet");
    return this.#servers.github.webhooks;
  }

  /** Pushes another policy, which differs in nothing that matters. */
  commit(branch = "main"): string {
    const files = { "policy.yaml": `${automaticPolicyText}# ${this.repository.network.commits.size}\n` };
    return this.repository.commit({ branch, files }).sha;
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
    await this.cluster.clock.runUntil(() => (again()?.bot.turn() ?? null) !== null, this.cluster.clock.now() + POLL);
    this.#next = again() ?? null;
  }

  /** All deliveries are answered, and then so much time of the cluster goes by. */
  async pass(length: Duration): Promise<void> {
    await this.#servers?.github.webhooks.settled();
    await this.cluster.clock.runUntil(() => false, this.cluster.clock.now() + length);
  }

  #living(): readonly Replica[] {
    return this.#replicas.filter(({ process }) => process.isAlive());
  }

  #started(process: SimProcess, bot: Bot): void {
    const door = webhookRoute({
      secretFile: join(this.#folder, "secret"),
      policy: { repository: "acme/policy", ref: "main" },
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
    const own = await serve({ host: "127.0.0.1", port: 0 }, [route]);
    const after = this.cluster.clock.after.bind(this.cluster.clock);
    const github = await startGitHubServer({ github: this.#github, after });
    this.#servers = { own, github };
    github.webhooks.add({ url: `http://127.0.0.1:${own.port}/github/webhook`, secret: SECRET, of: this.repository });
    await this.pass(10 * SECOND);
  }

  #sourceOf(process: SimProcess) {
    const read = async (): Promise<Reading> => {
      this.readings.set(process.name, (this.readings.get(process.name) ?? 0) + 1);
      return readingOf(this.repository);
    };
    const place: PolicyPlace = { name: "acme/policy@main", file: "policy.yaml", read };
    return policyFrom(place, { clock: process.clock(), random: { next: () => 0.5 }, every: POLL, parse });
  }
}

function readingOf(repository: Repository): Reading {
  const head = repository.head("main");
  const entry = head?.tree.get("policy.yaml");
  if (head === null || entry === undefined || entry.kind === "submodule")
    return { kind: "unfit", problem: "policy.yaml is not in main.", commit: null };
  const commit = { id: head.sha, subject: head.message, author: "Ana", when: null, url: null, pull: null };
  return { kind: "read", content: contentOf(entry).toString(), commit, verified: null, note: null };
}

const parse: Parse = (content, { file, commit }, source) => {
  const id = commit?.id ?? null;
  const parsed = parsePolicy(content, { file, commit: id, subject: null });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text: content };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit: id };
};
