import type { PolicyNews } from "../../bot/coordinator/policy-source-port.ts";
import { type Duration, type Instant, MINUTE } from "../../bot/core/instant.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { formatProblem } from "../../bot/policy/problem.ts";
import { SimCluster } from "../../bot/sim/cluster.ts";
import type { HostHabits } from "../../bot/sim/host.ts";
import { at, type Change, isUnschedulable, list, nameOf, text } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import { addWorkloads } from "../../bot/sim/simulation/incidents.ts";
import type { ScriptedGates } from "./scripted-gates.ts";

export const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"];
export const WORKER = "abal-kuber04";
/** Mon 2026-11-30 22:00 in Chicago. */
const START = Date.UTC(2026, 11, 1, 4);
const LONGEST: Duration = 90 * MINUTE;

interface Settings {
  readonly seed?: string;
  /** Mon 2026-11-30 22:00 in Chicago when it is not given. */
  readonly start?: Instant;
  readonly workers?: number;
  readonly isWebBound?: boolean;
  /** Labels of nodes, beside their role. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How all hosts behave, and single ones apart. */
  readonly habits?: Partial<HostHabits>;
  readonly habitsOf?: Readonly<Record<string, Partial<HostHabits>>>;
  readonly gates?: ScriptedGates;
  /** The policy is told of though it can't be used. */
  readonly isPolicyBad?: true;
  readonly tamper?: Tamper;
}

/** The starting cluster in simulation, with what is looked at afterwards. */
export class StartingCluster {
  readonly cluster: SimCluster;
  /** The phases of each node as they were written, without repeats. */
  readonly phases = new Map<string, string[]>();
  /** Times of eviction requests that were not dry runs, by pod. */
  readonly evictions = new Map<string, number[]>();
  readonly cordoned = new Set<string>();
  readonly deleted: string[] = [];
  /** Reboots as the hosts were told, in order. */
  readonly calls: { readonly at: Instant; readonly node: string }[] = [];
  /** What the processes warned of, each with its process: "bot a: leads no longer". */
  readonly warnings: string[] = [];
  /** The fewest ready pods of web/web since it first had one. */
  fewestReady = Number.POSITIVE_INFINITY;
  #hasBeenReady = false;
  #news: PolicyNews;
  readonly #listeners: ((news: PolicyNews) => void)[] = [];
  readonly #asked = new Map<string, number>();

  constructor(policyText: string, settings: Settings = {}) {
    const { seed = "starting cluster", start = START, workers = 1, isWebBound = true, gates, tamper } = settings;
    this.#news = newsOf(policyText);
    if (this.#news.kind === "bad" && settings.isPolicyBad !== true)
      throw new Error(`the policy is not good: ${this.#news.problems.join("\n")}`);
    const policySource = () => ({
      start: (heard: (news: PolicyNews) => void) => {
        this.#listeners.push(heard);
        heard(this.#news);
        return { stop: () => {}, hurry: () => {} };
      },
    });
    this.cluster = new SimCluster({
      seed,
      start,
      clusterName: "abal-kuber",
      policySource,
      log: (process) => ({ info: () => {}, warn: (event) => void this.warnings.push(`${process}: ${event}`) }),
      onReboot: (call) => void this.calls.push(call),
      ...(gates === undefined ? {} : { gates: (process) => gates.of(process) }),
      ...(tamper === undefined ? {} : { tamper }),
    });
    this.cluster.store.onChange((change) => this.#see(change));
    const names = [...CONTROL_PLANES, ...workersOf(workers)];
    for (const name of names) {
      const role = CONTROL_PLANES.includes(name) ? { "node-role.kubernetes.io/control-plane": "true" } : {};
      const labels = { ...role, ...settings.labels?.[name] };
      const habits = { boot: 20_000, ...settings.habits, ...settings.habitsOf?.[name] };
      this.cluster.addNode({ name, labels, habits });
      this.cluster.startAgent(name);
    }
    addWorkloads(this.cluster, names, isWebBound ? { webOn: WORKER } : {});
  }

  get now(): number {
    return this.cluster.clock.now();
  }

  /** True once it is so; false when it was not within `longest`. */
  until(isSo: () => boolean, longest: Duration = LONGEST): Promise<boolean> {
    return this.cluster.clock.runUntil(isSo, this.now + longest);
  }

  /** Lets the time pass. */
  async pass(length: Duration): Promise<void> {
    await this.cluster.clock.runUntil(() => false, this.now + length);
  }

  /** All pods run, and then every host comes to need a reboot under a bot that starts. */
  async begin(needing: readonly string[] = [...this.cluster.hosts.keys()]): Promise<void> {
    await this.pass(MINUTE);
    for (const name of needing) this.cluster.hosts.get(name)?.need("kernel");
    this.cluster.startBot("a");
  }

  phaseOf(node: string): string {
    return this.phases.get(node)?.at(-1) ?? "";
  }

  status(node: string, ...path: readonly string[]): unknown {
    return at(this.cluster.store.get("nodereboots", node), "status", ...path);
  }

  holdsOf(node: string): readonly string[] {
    return list(this.status(node, "holds")).map((hold) => text(at(hold, "kind")));
  }

  isRebooted(node: string): boolean {
    return this.phaseOf(node) === "waiting" && this.status(node, "outcome", "kind") === "rebooted";
  }

  setBudget(spec: object): void {
    const budget = this.cluster.store.get("poddisruptionbudgets", "web/web");
    if (budget === undefined) throw new Error("there is no budget web/web");
    const selector = at(budget, "spec", "selector");
    const generation = (budget.metadata.generation ?? 1) + 1;
    this.cluster.store.put("people", "poddisruptionbudgets", {
      ...budget,
      metadata: { ...budget.metadata, generation },
      spec: { selector, ...spec },
    });
  }

  scaleWeb(replicas: number): void {
    this.cluster.workloads.deploy({ namespace: "web", name: "web", replicas, graceSeconds: 5 });
  }

  /** By ana, in Slack: a bot writes it. Named by what it says, and by how often that was said before; answers that name. */
  decide(verb: string, nodes: readonly string[], spec: object = {}): string {
    const says = `${verb}-${nodes.join("-")}`;
    const times = (this.#asked.get(says) ?? 0) + 1;
    this.#asked.set(says, times);
    const name = times === 1 ? says : `${says}-${times}`;
    const object = {
      apiVersion: "bootswain.dev/v1alpha1",
      kind: "RebootDecision",
      metadata: { name },
      spec: { verb, targets: nodes.map((node) => ({ node })), by: { system: "slack", id: "U0ANA00001" }, ...spec },
    };
    const { code } = this.cluster.server.handle("bot", { verb: "create", resource: "rebootdecisions", object });
    if (code !== 201) throw new Error(`the decision was answered with ${code}`);
    return name;
  }

  /** What came of a decision; empty while it is not judged. */
  judgementOf(decision: string): { readonly outcome: string; readonly says: string } {
    const status = at(this.cluster.store.get("rebootdecisions", decision), "status");
    return { outcome: text(at(status, "outcome")), says: text(at(status, "says")) };
  }

  /** The source of the policy says this from now on; a text that is not good is told as it would be. */
  setPolicy(policyText: string): void {
    this.#news = newsOf(policyText);
    for (const heard of this.#listeners) heard(this.#news);
  }

  isCordoned(node: string): boolean {
    return isUnschedulable(this.cluster.store.get("nodes", node));
  }

  isReady(node: string): boolean {
    const conditions = list(at(this.cluster.store.get("nodes", node), "status", "conditions"));
    return conditions.some((one) => at(one, "type") === "Ready" && at(one, "status") === "True");
  }

  historyOf(node: string): string {
    return JSON.stringify(this.status(node, "history"));
  }

  callsOf(node: string): number {
    return this.calls.filter((call) => call.node === node).length;
  }

  slots(): readonly string[] {
    const slots = list(at(this.cluster.store.get("rebootfleets", "cluster"), "status", "slots"));
    return slots.map((slot) => text(at(slot, "node")));
  }

  #see({ resource, verb, actor, after, before, at: now }: Change): void {
    const name = nameOf(after ?? before);
    if (resource === "nodereboots") this.#seePhase(name, text(at(after, "status", "phase")));
    if (resource === "nodes" && isUnschedulable(after)) this.cordoned.add(name);
    if (resource !== "pods") return;
    if (verb === "evict") this.evictions.set(name, [...(this.evictions.get(name) ?? []), now]);
    if (verb === "delete" && actor.startsWith("bot")) this.deleted.push(name);
    this.#countReady();
  }

  #seePhase(node: string, phase: string): void {
    const known = this.phases.get(node) ?? [];
    if (phase !== "" && known.at(-1) !== phase) this.phases.set(node, [...known, phase]);
  }

  #countReady(): void {
    const ready = this.cluster.store.all("pods").filter(({ metadata, status }) => {
      const conditions = list(at(status, "conditions"));
      const isReady = conditions.some((one) => at(one, "type") === "Ready" && at(one, "status") === "True");
      return metadata.namespace === "web" && isReady && metadata.deletionTimestamp === undefined;
    }).length;
    this.#hasBeenReady ||= ready > 0;
    if (this.#hasBeenReady) this.fewestReady = Math.min(this.fewestReady, ready);
  }
}

const workersOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `abal-kuber${String(index + 4).padStart(2, "0")}`);

function newsOf(policyText: string): PolicyNews {
  const parsed = parsePolicy(policyText, { file: "policy.yaml", commit: "3f2a9c1d", subject: "Reboot nights" });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source: "story", text: null };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source: "story", commit: "3f2a9c1d" };
}
