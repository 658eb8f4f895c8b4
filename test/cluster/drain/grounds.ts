import { onTestFailed } from "vitest";
import type { Timings } from "../../../bot/core/timings.ts";
import type { AuditEvent } from "../../control-plane/audit.ts";
import type { Json } from "../../control-plane/json.ts";
import type { Rest } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { createNamespace } from "../../control-plane/workloads.ts";
import type { Program } from "../program.ts";
import { isRebooted, phaseOf, read, Stage } from "../stage.ts";
import { EvictionGate } from "./eviction-gate.ts";
import { type EvictionRequest, evictionsIn } from "./requests.ts";

/** The keys of each pool beside its name, nodes and mode, as YAML of one line. */
type Pools = Readonly<Record<string, string>>;

interface GroundsSettings {
  readonly pools: Pools;
  readonly timings?: Partial<Timings>;
  /** More of the policy beside its pools, as YAML. */
  readonly policy?: string;
  /** More arguments of the bot. */
  readonly args?: readonly string[];
}

/** What a case has for itself. */
interface Ground {
  readonly node: string;
  readonly namespace: string;
}

/** One control plane and one bot for all cases of a file; each case has nodes and a namespace of its own. */
export class Grounds {
  readonly stage: Stage;
  readonly gate: EvictionGate;
  #bot: Program;
  #cases = 0;
  #nodes = 0;

  private constructor(stage: Stage, gate: EvictionGate, bot: Program) {
    this.stage = stage;
    this.gate = gate;
    this.#bot = bot;
  }

  static async open({ pools, timings = {}, policy = "", args = [] }: GroundsSettings): Promise<Grounds> {
    const stage = await Stage.set({ policy: policyOf(pools, policy), nodes: [], timings, args });
    const gate = await EvictionGate.open(stage.plane);
    const bot = stage.startBot();
    await bot.says("leads");
    return new Grounds(stage, gate, bot);
  }

  /** The one that was started last. */
  get bot(): Program {
    return this.#bot;
  }

  startBot(): Program {
    this.#bot = this.stage.startBot();
    return this.#bot;
  }

  get rest(): Rest {
    return this.stage.plane.rest;
  }

  /** One node of the pool. */
  async ground(pool: string): Promise<Ground> {
    const { nodes, namespace } = await this.wideGround(pool, 1);
    return { node: nodes[0] ?? "", namespace };
  }

  /** Several nodes, whose names are in this order. */
  async wideGround(pool: string, count: number): Promise<{ nodes: readonly string[]; namespace: string }> {
    this.#cases += 1;
    const namespace = `case-${this.#cases}`;
    const nodes = Array.from({ length: count }, () => {
      this.#nodes += 1;
      return `node-${String(this.#nodes).padStart(3, "0")}`;
    });
    const bot = this.stage.botLog().length;
    onTestFailed(() => void process.stderr.write(`${this.stage.botLog().slice(bot)}\n`));
    await createNamespace(this.rest, namespace);
    // Pods are refused before it is there.
    await waitFor(this.rest, `/api/v1/namespaces/${namespace}/serviceaccounts/default`, (found) => found !== undefined);
    await this.stage.addMachines(nodes.map((name) => ({ name, labels: { pool } })));
    return { nodes, namespace };
  }

  async needsReboot(...nodes: readonly string[]): Promise<void> {
    for (const node of nodes) {
      const machine = this.stage.machine(node);
      await machine.needReboot();
      machine.startAgent();
    }
  }

  /** The node has its slot, was looked at, and waits for its agent's word: what changes now is met by the drain itself. */
  async stopsBeforeDrain(node: string): Promise<void> {
    await this.stage.patch(nodePath(node), { spec: { unschedulable: true } });
    await this.needsReboot(node);
    await this.isHeld(node, "cordoned by someone");
    await this.stage.machine(node).agent.signal("SIGSTOP");
    await this.stage.patch(nodePath(node), { spec: { unschedulable: null } });
    await this.inPhase(node, "preparing");
  }

  async goesOn(node: string): Promise<void> {
    await this.stage.machine(node).agent.signal("SIGCONT");
  }

  inPhase(node: string, phase: string): Promise<Json | undefined> {
    return this.stage.rebootIs(node, (reboot) => phaseOf(reboot) === phase);
  }

  /** The first reason why it waits. */
  isHeld(node: string, kind: string): Promise<Json | undefined> {
    return this.stage.rebootIs(node, (reboot) => read(reboot, "status", "holds", 0, "kind") === kind);
  }

  /** It waits again after a try that ended without a reboot; resolves with why it ended. */
  async gaveUp(node: string): Promise<unknown> {
    const isOver = (reboot: Json): boolean =>
      phaseOf(reboot) === "waiting" && read(reboot, "status", "outcome", "kind") === "yielded";
    return read(await this.stage.rebootIs(node, isOver), "status", "outcome", "why");
  }

  /** The drain has met refusals of these pods, and of no others. */
  isRefused(node: string, ...pods: readonly string[]): Promise<Json | undefined> {
    const wanted = [...pods].sort().join();
    return this.stage.rebootIs(node, (reboot) => {
      const refused = read(reboot, "status", "draining", "refused");
      const names = Array.isArray(refused) ? refused.map((one) => String(read(one, "pod"))) : [];
      return names.sort().join() === wanted;
    });
  }

  rebooted(node: string): Promise<Json | undefined> {
    return this.stage.rebootIs(node, isRebooted);
  }

  async isCordoned(node: string): Promise<boolean> {
    return read((await this.rest.request("GET", nodePath(node))).body, "spec", "unschedulable") === true;
  }

  audit(): Promise<readonly AuditEvent[]> {
    return this.stage.audit();
  }

  /** What was evicted there, once so many were answered: nobody waits for an eviction whose pod is gone already. */
  async evictions(namespace: string, atLeast: number): Promise<readonly EvictionRequest[]> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      const found = evictionsIn(await this.audit(), namespace);
      if (found.length >= atLeast) return found;
      deadline.throwIfAborted();
    }
  }

  /** After each case. */
  async leave(): Promise<void> {
    for (const name of [...this.stage.machines.keys()]) await this.stage.removeMachine(name);
  }

  async close(): Promise<void> {
    await this.stage.clear();
    this.gate.close();
  }
}

export const nodePath = (name: string): string => `/api/v1/nodes/${name}`;

const USUAL = {
  windows: "always",
  maxUnavailable: "100",
  reboot: "{ delay: 0s, backWithin: 60s }",
  verify: "{ soak: 0s, atMost: 60s }",
};

/** Each pool takes the nodes with its label. */
export function policyOf(pools: Pools, more = ""): string {
  const list = Object.entries(pools).map(([name, keys]) => {
    const usual = Object.entries(USUAL).filter(([key]) => !keys.includes(`${key}:`));
    const all = [...usual.map(([key, value]) => `${key}: ${value}`), keys].filter((one) => one !== "");
    return `  - { name: ${name}, nodes: { matchLabels: { pool: ${name} } }, mode: automatic, ${all.join(", ")} }`;
  });
  return `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
maxRebooting: 100
${more}
pools:
${list.join("\n")}
`;
}
