import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Timings } from "../../bot/core/timings.ts";
import { Repository } from "../../bot/git/testing/repository.ts";
import { ANA, aWorkspace, BEN, OPS } from "../../bot/sim/slack/a-workspace.ts";
import type { Message } from "../../bot/sim/slack/message.ts";
import { Person } from "../../bot/sim/slack/person.ts";
import { type SlackServer, type SlackServerOptions, startSlackServer } from "../../bot/sim/slack/server.ts";
import type { AuditEvent } from "../control-plane/audit.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import type { User } from "../control-plane/credentials.ts";
import type { Json } from "../control-plane/json.ts";
import { waitFor } from "../control-plane/wait.ts";
import { createDeployment, createDisruptionBudget, createNamespace, isRolledOut } from "../control-plane/workloads.ts";
import { install } from "./install.ts";
import { Machine } from "./machine.ts";
import { Program } from "./program.ts";

export const BOT_USER = "system:serviceaccount:bootswain:bootswain-bot";
export const AGENT_USER = "system:serviceaccount:bootswain:bootswain-agent";
const CONTROL_PLANE = { "node-role.kubernetes.io/control-plane": "true" };
export const TOKENS = { SLACK_BOT_TOKEN: "xoxb-test", SLACK_APP_TOKEN: "xapp-test" };
/** People who decide by kubectl; who may decide what stands in each test's policy. */
const KUBECTL_USERS = ["lea", "mo"];

/** Everything that is not policy goes fast; the order of events stays as it is. */
const TIMINGS = {
  handshake: 30_000,
  heartbeat: 1_000,
  agentSilent: 30_000,
  orderValid: 20_000,
  orderMargin: 1_000,
  leaseDuration: 6_000,
  leaseRenew: 2_000,
  evictAgain: 500,
  askApprovalAfter: 2_000,
  showBlockedAfter: 500,
  policyPoll: 1_000,
  detectEvery: 1_000,
  backoffFirst: 200,
  backoffMost: 2_000,
};

export interface StageSettings {
  /** In the stage's own git repository; or arguments that say where else it is. */
  readonly policy: string | { readonly from: readonly string[] };
  readonly nodes: readonly { readonly name: string; readonly isControlPlane: boolean }[];
  /** Times that are other than a stage's usual ones. */
  readonly timings?: Partial<Timings>;
  /** More arguments of each bot. */
  readonly args?: readonly string[];
  /** People with a kubeconfig of their own, who may do nothing yet. */
  readonly people?: readonly User[];
  readonly slack?: Pick<SlackServerOptions, "choose">;
}

/** What one bot has of its own. */
interface BotSettings {
  /** More arguments, which count over the stage's. */
  readonly args?: readonly string[];
  /** The pod that it is in. */
  readonly pod?: string;
  readonly tokens?: typeof TOKENS;
  readonly slackApiUrl?: string;
}

/** A real control plane with machines, a real git repository, an emulated Slack, and the product as real processes. */
export class Stage {
  readonly plane: ControlPlane;
  readonly machines = new Map<string, Machine>();
  readonly slack: SlackServer;
  readonly workspace = aWorkspace();
  readonly ana: Person;
  readonly ben: Person;
  readonly repository: Repository;
  readonly #folder: string;
  readonly #args: readonly string[];
  readonly #bots: Program[] = [];
  /** By node: the newest NodeReboot that a test went by. */
  readonly #seen = new Map<string, string>();

  private constructor(parts: {
    plane: ControlPlane;
    slack: SlackServer;
    workspace: ReturnType<typeof aWorkspace>;
    folder: string;
    repository: Repository;
    args: readonly string[];
  }) {
    this.plane = parts.plane;
    this.slack = parts.slack;
    this.workspace = parts.workspace;
    this.#folder = parts.folder;
    this.repository = parts.repository;
    this.#args = parts.args;
    this.ana = new Person(this.workspace, this.slack, ANA);
    this.ben = new Person(this.workspace, this.slack, BEN);
  }

  static async set(settings: StageSettings): Promise<Stage> {
    const { policy, nodes, timings = {}, args = [], people = [] } = settings;
    const users = [BOT_USER, AGENT_USER].map((name) => ({ name, groups: ["system:serviceaccounts"] }));
    const plane = await startControlPlane({ users: [...users, ...people] });
    const workspace = aWorkspace();
    const slack = await startSlackServer({
      workspace,
      botToken: TOKENS.SLACK_BOT_TOKEN,
      appToken: TOKENS.SLACK_APP_TOKEN,
      ...settings.slack,
    });
    const folder = await mkdtemp(join(tmpdir(), "bootswain-stage-"));
    const repository = new Repository();
    if (typeof policy === "string") repository.commit("abal-kuber.yaml", policy, "Reboot nights");
    const own = ["--policy-repo", repository.url, "--policy-path", "abal-kuber.yaml"];
    const place = typeof policy === "string" ? own : policy.from;
    const stage = new Stage({ plane, slack, workspace, folder, repository, args: [...place, ...args] });
    await writeFile(stage.timingsFile, JSON.stringify({ ...TIMINGS, ...timings }));
    await install(plane, KUBECTL_USERS);
    await stage.addMachines(
      nodes.map(({ name, isControlPlane }) => ({ name, labels: isControlPlane ? CONTROL_PLANE : {} })),
    );
    return stage;
  }

  async addMachines(nodes: readonly { name: string; labels: Readonly<Record<string, string>> }[]): Promise<void> {
    const { plane, timingsFile } = this;
    for (const { name, labels } of nodes)
      this.machines.set(name, await Machine.make({ plane, node: name, labels, timingsFile }));
    // The controller manager taints new nodes for a moment, and the scheduler would put everything on the first one without.
    for (const { name } of nodes)
      await waitFor(plane.rest, `/api/v1/nodes/${name}`, (node) => read(node, "spec", "taints") === undefined);
  }

  /** The machine is taken out of the cluster, and its Node with it. */
  async removeMachine(name: string): Promise<void> {
    await this.machine(name).remove();
    this.machines.delete(name);
    await this.plane.rest.request("DELETE", `/api/v1/nodes/${name}`);
  }

  get timingsFile(): string {
    return join(this.#folder, "timings.json");
  }

  /** How often a bot was started. */
  get botLives(): number {
    return this.#bots.length;
  }

  machine(name: string): Machine {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }

  startBot({ args = [], pod, tokens = TOKENS, slackApiUrl = this.slack.apiUrl }: BotSettings = {}): Program {
    const bot = new Program(
      `bot ${this.#bots.length + 1}`,
      "bot/main.ts",
      [
        "run",
        "--cluster",
        "abal-kuber",
        "--kubeconfig",
        this.plane.kubeconfig(BOT_USER),
        "--work-dir",
        join(this.#folder, `work-${this.#bots.length + 1}`),
        "--timings",
        this.timingsFile,
        "--slack-api-url",
        slackApiUrl,
        ...this.#args,
        ...args,
      ],
      pod === undefined ? tokens : { ...tokens, POD_NAME: pod },
    );
    this.#bots.push(bot);
    return bot;
  }

  /** All bots' logs, for a test that failed. */
  botLog(): string {
    return this.#bots
      .flatMap(({ name, logged }) => logged.map((line) => `${name}: ${JSON.stringify(line)}`))
      .join("\n");
  }

  /** A deployment that prefers one node but may live on any, and its budget. */
  async runWeb(node: string, minAvailable: number): Promise<void> {
    const { rest } = this.plane;
    await createNamespace(rest, "web");
    const preference = { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] };
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] },
    };
    await createDeployment(rest, { namespace: "web", name: "web", replicas: 1, affinity });
    await waitFor(rest, "/apis/apps/v1/namespaces/web/deployments/web", isRolledOut);
    const pods = (await rest.request("GET", "/api/v1/namespaces/web/pods")).body;
    if (read(pods, "items", 0, "spec", "nodeName") !== node) throw new Error(`the web pod is not on ${node}`);
    await createDisruptionBudget(rest, {
      namespace: "web",
      name: "web",
      matchLabels: { app: "web" },
      promise: { minAvailable },
    });
    await this.budgetIsJudged();
  }

  async patch(path: string, body: Json): Promise<void> {
    const answer = await this.plane.rest.request("PATCH", path, body, "merge");
    if (answer.code !== 200)
      throw new Error(`PATCH ${path} was answered with ${answer.code}: ${JSON.stringify(answer.body)}`);
  }

  async budgetIsJudged(): Promise<void> {
    await waitFor(this.plane.rest, "/apis/policy/v1/namespaces/web/poddisruptionbudgets/web", (budget) => {
      const generation = read(budget, "metadata", "generation");
      return (
        generation !== undefined &&
        read(budget, "status", "observedGeneration") === generation &&
        read(budget, "status", "expectedPods") !== 0
      );
    });
  }

  /** Resolves with the NodeReboot once it is so. */
  async rebootIs(node: string, isSo: (reboot: Json) => boolean, timeoutMs = 60_000): Promise<Json | undefined> {
    const found = await waitFor(
      this.plane.rest,
      `/apis/bootswain.dev/v1alpha1/nodereboots/${node}`,
      (reboot) => reboot !== undefined && isSo(reboot),
      timeoutMs,
    );
    this.#seen.set(node, versionOf(found));
    return found;
  }

  /** The audit log, once it has every write that `rebootIs` saw: a watch shows a write before its answer is complete, and so logged. */
  async audit(): Promise<readonly AuditEvent[]> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      const events = await this.plane.auditLog();
      const logged = new Set(events.map(({ responseObject }) => versionOf(responseObject)));
      if ([...this.#seen.values()].every((version) => logged.has(version))) return events;
      deadline.throwIfAborted();
    }
  }

  reportIs(node: string, isSo: (report: Json) => boolean, timeoutMs = 60_000): Promise<Json | undefined> {
    return waitFor(
      this.plane.rest,
      `/apis/bootswain.dev/v1alpha1/hostreports/${node}`,
      (report) => report !== undefined && isSo(report),
      timeoutMs,
    );
  }

  /** The newest state of the message whose first line says so. */
  async card(headline: RegExp, isSo: (message: Message) => boolean = () => true): Promise<Message> {
    return this.workspace.log.until((event) => {
      if (event.kind !== "posted" && event.kind !== "edited") return null;
      return headline.test(event.message.text) && isSo(event.message) ? event.message : null;
    });
  }

  messages(): readonly Message[] {
    return this.workspace.messages(OPS);
  }

  async clear(): Promise<void> {
    for (const bot of this.#bots) await bot.kill();
    for (const machine of this.machines.values()) await machine.remove();
    await this.slack.close();
    this.repository[Symbol.dispose]();
    await rm(this.#folder, { recursive: true, force: true });
    await this.plane.stop();
  }
}

/** Reads a path of keys; undefined where it ends early. */
export function read(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

const versionOf = (object: unknown): string => String(read(object, "metadata", "resourceVersion"));

export const phaseOf = (reboot: unknown): string => String(read(reboot, "status", "phase") ?? "");

export const isRebooted = (reboot: unknown): boolean =>
  phaseOf(reboot) === "waiting" && read(reboot, "status", "outcome", "kind") === "rebooted";
