import { startAgent } from "../../agent/agent.ts";
import { type AgentTimings, DEFAULT_AGENT_TIMINGS } from "../../agent/timings.ts";
import { type Bot, startBot } from "../bot.ts";
import type { Turn } from "../coordinator/coordinator.ts";
import type { Onlooker } from "../coordinator/onlooker.ts";
import type { PolicySource, Reparse } from "../coordinator/policy-source-port.ts";
import type { Api, Chat, Footing, Gates, Log, SlackPeople, Stoppable } from "../coordinator/ports.ts";
import { NO_PROPOSALS, type Proposals } from "../coordinator/proposals.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import { DEFAULT_TIMINGS, type Timings } from "../core/timings.ts";
import { logChat } from "../slack/log-chat.ts";
import { NO_PEOPLE } from "../slack/no-people.ts";
import { installAdmission } from "./admission.ts";
import { agentApi } from "./agent-api.ts";
import { ApiServer } from "./api-server.ts";
import { BotPods } from "./bot-pods.ts";
import { WorldClock } from "./clock.ts";
import { type Controllers, startControllers } from "./controllers/controllers.ts";
import { type FaultSettings, Faults, NO_FAULTS } from "./faults.ts";
import { type HostHabits, SimHost } from "./host.ts";
import { Kubelet } from "./kubelet.ts";
import { SimProcess } from "./process.ts";
import { SeededRandom } from "./random.ts";
import { type Request, SimApi, type Tamper } from "./sim-api.ts";
import { Store } from "./store.ts";
import { Workloads } from "./workloads.ts";

export interface SimSettings {
  readonly seed: string;
  readonly start: Instant;
  readonly clusterName: string;
  readonly policySource: (random: SeededRandom, process: SimProcess) => PolicySource;
  readonly reparse?: Reparse;
  /** As a process sees them; all are green when it is not given. */
  readonly gates?: (process: SimProcess) => Gates;
  /** How far each bot's wall clock is off, in the order in which they are started; right when it is not given. */
  readonly botSkews?: readonly Duration[];
  readonly faults?: FaultSettings;
  /** How a bot's process speaks with Slack; each speaks to nobody when it is not given. */
  readonly slack?: (process: SimProcess) => SlackLink;
  /** Who answers pull requests in a bot's process; nobody when it is not given. */
  readonly reviewer?: (process: SimProcess) => Onlooker & { readonly footing: Footing };
  readonly timings?: Timings;
  readonly agentTimings?: AgentTimings;
  readonly log?: (process: string) => Log;
  readonly onReboot?: (call: { readonly at: Instant; readonly node: string }) => void;
  readonly onRequest?: (request: Request) => void;
  readonly tamper?: Tamper;
  /** False for a server without admission policies, as Kubernetes 1.28 is. */
  readonly hasAdmission?: boolean;
}

export interface SlackLink {
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly footings?: readonly Footing[];
  /** Without GitHub when it is not given. */
  readonly proposals?: Proposals;
  /** From here on the bot can be clicked and written to. */
  readonly started?: (bot: Bot) => void;
}

interface NodeSettings {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly habits?: Partial<HostHabits>;
  /** How far the host's wall clock is off. */
  readonly skew?: Duration;
  /** As quantities; what pods ask for doesn't matter when it is not given. */
  readonly allocatable?: { readonly cpu: string; readonly memory: string };
}

interface BotLife {
  /** The pod that it runs in; null for one outside of the cluster. */
  readonly pod: string | null;
  readonly died: () => void;
}

interface RunningBot {
  readonly process: SimProcess;
  bot: Bot | null;
}

const GREEN: Gates = {
  read: async ({ kind }) =>
    kind === "alerts" ? { kind, alerts: [] } : { kind, query: { holds: true, value: null, threshold: null } },
};

const silent: Log = { info: () => {}, warn: () => {} };

const NO_SLACK: SlackLink = { chat: logChat(silent), people: NO_PEOPLE };

/** A whole cluster on virtual time: server, controllers, hosts, and as many bots and agents as are started in it. */
export class SimCluster {
  readonly clock: WorldClock;
  readonly random: SeededRandom;
  readonly store: Store;
  readonly server: ApiServer;
  readonly workloads: Workloads;
  readonly controllers: Controllers;
  readonly hosts = new Map<string, SimHost>();
  readonly #settings: SimSettings;
  readonly #faults: Faults;
  readonly #skews = new Map<string, Duration>();
  readonly #botSkews = new Map<string, Duration>();
  readonly #agentsOff = new Map<string, Instant>();
  readonly #agents = new Map<string, { process: SimProcess; agent: Stoppable }>();
  readonly #bots = new Map<string, RunningBot>();
  readonly #botPods: BotPods;
  #lives = 0;

  constructor(settings: SimSettings) {
    this.#settings = settings;
    this.clock = new WorldClock(settings.start);
    this.random = new SeededRandom(settings.seed);
    this.store = new Store(() => this.clock.now(), this.random.fork("store"));
    const hasAdmission = settings.hasAdmission ?? true;
    this.server = new ApiServer(this.store, () => this.clock.now(), hasAdmission);
    if (hasAdmission) installAdmission(this.store);
    const { store, clock, random } = this;
    this.controllers = startControllers({ store, clock, random: random.fork("controllers") });
    this.workloads = new Workloads(store);
    this.#botPods = new BotPods(store, clock, random.fork("bot pods"), {
      start: (pod) => this.#runBot(pod, { pod, died: () => this.#botPods.died(pod) }),
      stop: (pod) => void this.#bots.get(pod)?.bot?.stop(),
      kill: (pod) => this.killBot(pod),
      isUp: (node) => this.hosts.get(node)?.isUp() === true,
    });
    this.#faults = new Faults(this.random.fork("faults"), settings.faults ?? NO_FAULTS);
  }

  addNode({ name, labels, habits, skew, allocatable }: NodeSettings): SimHost {
    const random = this.random.fork(`host ${name}`);
    this.store.put("people", "nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
      spec: {},
      ...(allocatable === undefined ? {} : { status: { allocatable } }),
    });
    const kubelet = new Kubelet(this.store, this.clock, random.fork("kubelet"), name);
    const host = new SimHost(name, {
      clock: this.clock,
      random,
      kubelet,
      habits: { shutdown: 5 * SECOND, boot: 75 * SECOND, ignoredCalls: 0, isHelped: true, ...habits },
      events: {
        rebootCalled: (at) => this.#settings.onReboot?.({ at, node: name }),
        wentDown: () => {
          this.killAgent(name);
          this.#botPods.look();
        },
        cameUp: () => {
          this.startAgent(name);
          this.#botPods.look();
        },
      },
    });
    this.#skews.set(name, skew ?? 0);
    this.hosts.set(name, host);
    return host;
  }

  startAgent(node: string): void {
    const host = this.hosts.get(node);
    if ((this.#agentsOff.get(node) ?? 0) > this.clock.now()) return;
    if (host === undefined || !host.isUp() || this.#agents.get(node)?.process.isAlive() === true) return;
    const timings = this.#settings.agentTimings ?? DEFAULT_AGENT_TIMINGS;
    const process = this.#process(`agent ${node}`, () => this.#agentDied(node));
    const agent = startAgent({
      api: agentApi(this.api(process), timings.callDeadline),
      host: host.port(() => process.isAlive()),
      clock: process.clock(this.#skews.get(node)),
      log: this.#settings.log?.(process.name) ?? silent,
      node,
      instance: this.#instance(),
      timings,
    });
    this.#agents.set(node, { process, agent });
  }

  killAgent(node: string): void {
    this.#agents.get(node)?.process.kill();
  }

  /** Its pod is gone for so long, as when its DaemonSet was changed. */
  stopAgent(node: string, length: Duration): void {
    this.#agentsOff.set(node, this.clock.now() + length);
    this.killAgent(node);
    this.clock.after(length, () => this.startAgent(node));
  }

  pauseAgent(node: string, length: Duration): void {
    this.#agents.get(node)?.process.pause(length);
  }

  /** A bot outside of the cluster; killed, it is started again. */
  startBot(name: string): void {
    this.#runBot(name, { pod: null, died: () => this.#later(2, 20, () => this.startBot(name)) });
  }

  /** Bots as pods of a Deployment. */
  deployBots(replicas: number, isSpread = true): void {
    this.#botPods.deploy(this.workloads, replicas, isSpread);
  }

  /** Names of the bots whose process lives. */
  livingBots(): readonly string[] {
    return [...this.#bots].flatMap(([name, { process }]) => (process.isAlive() ? [name] : []));
  }

  #runBot(name: string, { pod, died }: BotLife): void {
    const process = this.#process(`bot ${name}`, died);
    const random = this.random.fork(`${process.name} ${this.#lives}`);
    const running: RunningBot = { process, bot: null };
    this.#bots.set(name, running);
    const slack = this.#settings.slack?.(process) ?? NO_SLACK;
    const reviewers = this.#settings.reviewer === undefined ? [] : [this.#settings.reviewer(process)];
    const bot = startBot(
      {
        api: this.api(process),
        clock: process.clock(this.#botSkew(name)),
        random,
        log: this.#settings.log?.(process.name) ?? silent,
        policySource: this.#settings.policySource(random, process),
        gates: this.#settings.gates?.(process) ?? GREEN,
        reparse: this.#settings.reparse ?? (() => null),
        chat: slack.chat,
        people: slack.people,
        proposals: slack.proposals ?? NO_PROPOSALS,
        footings: [...(slack.footings ?? []), ...reviewers.map(({ footing }) => footing)],
        onlookers: reviewers,
      },
      {
        clusterName: this.#settings.clusterName,
        namespace: "bootswain",
        identity: `${name}-${this.#instance()}`,
        pod,
        timings: this.#settings.timings ?? DEFAULT_TIMINGS,
      },
    );
    running.bot = bot;
    slack.started?.(bot);
  }

  /** A machine's clock stays off however often the bot on it starts anew. */
  #botSkew(name: string): Duration {
    const skews = this.#settings.botSkews ?? [];
    const known = this.#botSkews.get(name) ?? skews[this.#botSkews.size % Math.max(1, skews.length)] ?? 0;
    this.#botSkews.set(name, known);
    return known;
  }

  killBot(name: string): void {
    this.#bots.get(name)?.process.kill();
  }

  /** The last turn of whichever bot leads. */
  leaderTurn(): Turn | null {
    const turns = [...this.#bots.values()].map(({ bot, process }) =>
      process.isAlive() ? (bot?.turn() ?? null) : null,
    );
    return turns.find((turn) => turn?.isLeader === true) ?? null;
  }

  /** Any bot that lives; each takes decisions, and the leader judges them. */
  bot(): Bot | null {
    return [...this.#bots.values()].find(({ process }) => process.isAlive())?.bot ?? null;
  }

  api(process: SimProcess): Api {
    const { server, store } = this;
    const { tamper = {}, onRequest: asked = () => {} } = this.#settings;
    return new SimApi({ process, world: this.clock, server, store, faults: this.#faults, tamper, asked });
  }

  /** An agent that died on a host that runs comes back, as its DaemonSet would bring it. */
  #agentDied(node: string): void {
    this.#agents.get(node)?.agent.stop();
    this.#later(1, 30, () => this.startAgent(node));
  }

  #later(least: number, most: number, run: () => void): void {
    this.clock.after(this.random.between(least, most) * SECOND, run);
  }

  #process(name: string, died: () => void): SimProcess {
    this.#lives += 1;
    return new SimProcess(name, this.clock, died);
  }

  #instance(): string {
    return `life-${this.#lives}`;
  }
}
