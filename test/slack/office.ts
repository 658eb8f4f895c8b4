import type { Bot } from "../../bot/bot.ts";
import type { PolicyNews } from "../../bot/coordinator/policy-source-port.ts";
import type { Api, Chat, Log } from "../../bot/coordinator/ports.ts";
import { NO_PROPOSALS, type Proposals } from "../../bot/coordinator/proposals.ts";
import { type Duration, type Instant, MINUTE } from "../../bot/core/instant.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { formatProblem } from "../../bot/policy/problem.ts";
import { SimCluster, type SimSettings, type SlackLink } from "../../bot/sim/cluster.ts";
import type { SimProcess } from "../../bot/sim/process.ts";
import { aWorkspace } from "../../bot/sim/slack/a-workspace.ts";
import type { WorkspaceOptions } from "../../bot/sim/slack/conversations.ts";
import { Person } from "../../bot/sim/slack/person.ts";
import { type SlackServer, type SlackServerOptions, startSlackServer } from "../../bot/sim/slack/server.ts";
import type { Workspace } from "../../bot/sim/slack/workspace.ts";
import { connectSlack, type SlackConnection } from "../../bot/slack/bolt/connect.ts";

const BOT_TOKEN = "xoxb-test";
const APP_TOKEN = "xapp-test";
const LONGEST: Duration = 90 * MINUTE;

export interface OfficeSettings {
  readonly policy: string;
  /** Mon 2026-11-30 22:00 in Chicago when it is not given. */
  readonly start?: Instant;
  readonly workspace?: Partial<WorkspaceOptions>;
  readonly server?: Partial<SlackServerOptions>;
  readonly cluster?: Partial<SimSettings>;
  /** Without GitHub when it is not given. */
  readonly proposals?: Proposals;
}

/**
 * A simulated cluster whose bots speak with an emulated Slack through the real Bolt client, over HTTP and WebSocket. The
 * cluster's time stands still while anything is under way between the two, so that it is as if Slack answered at once.
 */
export class Office {
  readonly cluster: SimCluster;
  readonly workspace: Workspace;
  readonly server: SlackServer;
  readonly warnings: string[] = [];
  readonly #connections = new Map<string, { process: SimProcess; connection: SlackConnection }>();
  readonly #listeners = new Set<() => void>();
  readonly #proposals: Proposals;
  #news: PolicyNews;
  readonly #heard: ((news: PolicyNews) => void)[] = [];
  /** Calls to Slack that are not answered. */
  #calls = 0;
  /** What people did that a bot has not come to an end with. */
  #handling = 0;
  #handled = 0;

  private constructor(cluster: SimCluster, workspace: Workspace, server: SlackServer, settings: OfficeSettings) {
    this.cluster = cluster;
    this.workspace = workspace;
    this.server = server;
    this.#news = newsOf(settings.policy);
    this.#proposals = settings.proposals ?? NO_PROPOSALS;
  }

  static async open(settings: OfficeSettings): Promise<Office> {
    const { start = Date.UTC(2026, 11, 1, 4), workspace, server, cluster: more } = settings;
    let office: Office | null = null;
    const known = (): Office => {
      if (office === null) throw new Error("the office is not open yet");
      return office;
    };
    const people = aWorkspace({ now: () => known().now, ...workspace });
    const slack = await startSlackServer({ workspace: people, botToken: BOT_TOKEN, appToken: APP_TOKEN, ...server });
    const cluster = new SimCluster({
      seed: "office",
      start,
      clusterName: "abal-kuber",
      policySource: () => ({
        start: (heard) => {
          known().#heard.push(heard);
          heard(known().#news);
          return { stop: () => {}, hurry: () => {} };
        },
      }),
      log: (process) => known().#logOf(process),
      slack: (process) => known().#connect(process),
      ...more,
    });
    office = new Office(cluster, people, slack, settings);
    return office;
  }

  get now(): Instant {
    return this.cluster.clock.now();
  }

  /** For a look at what is stored, that takes no time. */
  api(): Api {
    const { server, clock } = this.cluster;
    return {
      call: async (call) => ({ kind: "answered", ...server.handle("test", call), date: clock.now() }),
      watch: () => ({ stop: () => {} }),
    };
  }

  person(id: string): Person {
    return new Person(this.workspace, this.server, id);
  }

  setPolicy(policy: string): void {
    this.#news = newsOf(policy);
    for (const heard of this.#heard) heard(this.#news);
  }

  /** True once it is so; false when it was not within `longest` of the cluster's time. */
  async until(isSo: () => boolean, longest: Duration = LONGEST): Promise<boolean> {
    const end = this.now + longest;
    while (!isSo()) {
      if (this.#calls > 0) {
        await this.#something();
        continue;
      }
      const next = this.cluster.clock.next();
      if (next === null || next > end) return false;
      await this.cluster.clock.step();
    }
    return true;
  }

  /** Lets time pass, while a bot is at it, until what people do has come to its end. */
  async during<Done>(doing: Promise<Done>): Promise<Done> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#happened();
    };
    void doing.then(over, over);
    while (!isOver) {
      // Until a bot has heard of it, it is on its way, or waits for a connection: both take no time of the cluster's.
      const isUnderWay = this.#calls > 0 || this.#handling === 0 || this.cluster.clock.next() === null;
      await (isUnderWay ? this.#something() : this.cluster.clock.step());
    }
    return doing;
  }

  async pass(length: Duration): Promise<void> {
    const end = this.now + length;
    this.cluster.clock.after(length, () => {});
    await this.until(() => this.now >= end, length);
  }

  /** Does what a person does, and lets time pass until the bot has answered. */
  async done<Done>(act: () => Promise<Done>, times = 1): Promise<Done> {
    const before = this.#handled;
    const result = await this.during(act());
    while (this.#handled + this.#handling < before + times) await this.#something();
    await this.until(() => this.#handling === 0);
    return result;
  }

  /** Both sockets of the bot are up when it resolves. */
  async startBot(name: string): Promise<void> {
    this.cluster.startBot(name);
    await this.server.connected(2 * this.cluster.livingBots().length);
  }

  /** The process is gone with its sockets; another comes up after some seconds. */
  async killBot(name: string): Promise<void> {
    const running = this.#connections.get(`bot ${name}`);
    this.cluster.killBot(name);
    await running?.connection.stop();
  }

  /** The wall clock of the bot's machine is set anew, by so much. */
  jump(name: string, by: Duration): void {
    this.#connections.get(`bot ${name}`)?.process.jump(by);
  }

  async close(): Promise<void> {
    for (const name of this.cluster.livingBots()) this.cluster.killBot(name);
    for (const { connection } of this.#connections.values()) await connection.stop();
    await this.server.close();
  }

  #logOf(process: string): Log {
    const line = (event: string, fields: object = {}): string => `${process}: ${event} ${JSON.stringify(fields)}`;
    return { info: () => {}, warn: (event, fields) => void this.warnings.push(line(event, fields)) };
  }

  #connect(process: SimProcess): SlackLink {
    const { apiUrl } = this.server;
    const log = this.#logOf(process.name);
    const connection = connectSlack({ appToken: APP_TOKEN, botToken: BOT_TOKEN, apiUrl, log, elapsed: () => this.now });
    this.#connections.set(process.name, { process, connection });
    return {
      chat: this.#counted(process, connection.chat),
      people: { look: (user, among) => this.#call(process, () => connection.people.look(user, among)) },
      proposals: {
        proposeFreeze: (request) => this.#call(process, () => this.#proposals.proposeFreeze(request)),
      },
      started: (bot) => this.#open(process, connection, bot),
    };
  }

  #open(process: SimProcess, connection: SlackConnection, bot: Bot): void {
    void connection.start({
      clicked: (click) => this.#handle(process, () => bot.desk.clicked(click)),
      written: (written) => this.#handle(process, () => bot.desk.written(written)),
      commanded: (command) => this.#handle(process, () => bot.desk.commanded(command)),
      errorsIn: (submission) => bot.desk.errorsIn(submission),
      submitted: (submission) => this.#handle(process, () => bot.desk.submitted(submission)),
    });
  }

  #counted(process: SimProcess, chat: Chat): Chat {
    return {
      post: (message) => this.#call(process, () => chat.post(message)),
      find: (wanted) => this.#call(process, () => chat.find(wanted)),
      update: (message) => this.#call(process, () => chat.update(message)),
      pin: (channel, ts) => this.#call(process, () => chat.pin(channel, ts)),
      tell: (whisper) => this.#call(process, () => chat.tell(whisper)),
      open: (triggerId, view) => this.#call(process, () => chat.open(triggerId, view)),
    };
  }

  /** What comes back for a process that is dead meanwhile reaches nobody. */
  async #call<Answer>(process: SimProcess, call: () => Promise<Answer>): Promise<Answer> {
    this.#calls += 1;
    const answer = await call().finally(() => {
      // Whoever called goes on first.
      setImmediate(() => {
        this.#calls -= 1;
        this.#happened();
      });
    });
    return process.isAlive() ? answer : new Promise<never>(() => {});
  }

  /** A process that is dead hears nothing. */
  async #handle<Done>(process: SimProcess, run: () => Promise<Done>): Promise<Done> {
    if (!process.isAlive()) return new Promise<never>(() => {});
    this.#handling += 1;
    this.#happened();
    return run().finally(() => {
      this.#handling -= 1;
      this.#handled += 1;
      this.#happened();
    });
  }

  #happened(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #something(): Promise<void> {
    return new Promise((resolve) => {
      const listener = (): void => {
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }
}

function newsOf(text: string): PolicyNews {
  const parsed = parsePolicy(text, { file: "policy.yaml", commit: "3f2a9c1d", subject: "Reboot nights" });
  if (!parsed.ok) throw new Error(`the policy is not good: ${parsed.problems.map(formatProblem).join("\n")}`);
  return { kind: "good", policy: parsed.policy, source: "office", text };
}
