import { type Duration, MINUTE } from "../../bot/core/instant.ts";
import type { Policy } from "../../bot/core/policy/policy.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { SimCluster } from "../../bot/sim/cluster.ts";
import { at, type Change, isUnschedulable, list, nameOf, text } from "../../bot/sim/rules/world.ts";
import { addWorkloads } from "../../bot/sim/simulation/incidents.ts";

export const CONTROL_PLANES = ["abal-kuber01", "abal-kuber02", "abal-kuber03"];
export const WORKER = "abal-kuber04";
/** Mon 2026-11-30 22:00 in Chicago. */
const START = Date.UTC(2026, 11, 1, 4);
const LONGEST: Duration = 90 * MINUTE;

/** The starting cluster in simulation, with what is looked at afterwards. */
export class StartingCluster {
  readonly cluster: SimCluster;
  /** The phases of each node as they were written, without repeats. */
  readonly phases = new Map<string, string[]>();
  /** Times of eviction requests that were not dry runs, by pod. */
  readonly evictions = new Map<string, number[]>();
  readonly cordoned = new Set<string>();
  readonly deleted: string[] = [];
  /** The fewest ready pods of web/web since it first had one. */
  fewestReady = Number.POSITIVE_INFINITY;
  #hasBeenReady = false;

  constructor(policyText: string, { seed = "starting cluster", workers = 1, isWebBound = true } = {}) {
    const policy = goodPolicy(policyText);
    const policySource = () => ({
      start: (heard: (news: { kind: "good"; policy: Policy; source: string; text: null }) => void) => {
        heard({ kind: "good", policy, source: "story", text: null });
        return { stop: () => {} };
      },
    });
    this.cluster = new SimCluster({ seed, start: START, clusterName: "abal-kuber", policySource });
    this.cluster.store.onChange((change) => this.#see(change));
    const names = [...CONTROL_PLANES, ...workersOf(workers)];
    for (const name of names) {
      const labels = CONTROL_PLANES.includes(name) ? { "node-role.kubernetes.io/control-plane": "true" } : {};
      this.cluster.addNode({ name, labels, habits: { boot: 20_000 } });
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

  decide(verb: string, nodes: readonly string[], spec: object = {}): void {
    const object = {
      apiVersion: "bootswain.dev/v1alpha1",
      kind: "RebootDecision",
      metadata: { name: `${verb}-${nodes.join("-")}` },
      spec: { verb, targets: nodes.map((node) => ({ node })), by: { system: "slack", id: "U0ANA00001" }, ...spec },
    };
    const { code } = this.cluster.server.handle("ana", { verb: "create", resource: "rebootdecisions", object });
    if (code !== 201) throw new Error(`the decision was answered with ${code}`);
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

function goodPolicy(textOf: string): Policy {
  const parsed = parsePolicy(textOf, { file: "policy.yaml", commit: "3f2a9c1d", subject: "Reboot nights" });
  if (!parsed.ok) throw new Error(`the policy is not good: ${JSON.stringify(parsed)}`);
  return parsed.policy;
}
