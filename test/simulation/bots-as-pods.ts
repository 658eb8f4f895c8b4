import { type Duration, HOUR, MINUTE } from "../../bot/core/instant.ts";
import type { Policy } from "../../bot/core/policy/policy.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { SimCluster } from "../../bot/sim/cluster.ts";
import { type FaultSettings, NO_FAULTS } from "../../bot/sim/faults.ts";
import { RuleChecker } from "../../bot/sim/rules/checker.ts";
import type { PolicyData } from "../../bot/sim/rules/policy-data.ts";
import { at, type Change, nameOf, text } from "../../bot/sim/rules/world.ts";
import type { Tamper } from "../../bot/sim/sim-api.ts";
import { setSchedulable } from "../../bot/sim/simulation/incidents.ts";

/** Mon 2026-11-30 22:00 in Chicago. */
export const START = Date.UTC(2026, 11, 1, 4);
const LONGEST: Duration = 3 * HOUR;
const CLUSTER = "abal-kuber";
const COMMIT = "3f2a9c1d";

const policy: PolicyData = {
  timeZone: "America/Chicago",
  maxRebooting: 1,
  people: { ana: { kubernetes: "ana" } },
  groups: { operators: { people: ["ana"] } },
  pools: [
    {
      name: "all",
      mode: "automatic",
      windows: "always",
      maxUnavailable: 1,
      may: {
        approve: { by: "operators", people: 1, validFor: "nextWindow" },
        now: { by: "operators" },
        force: { by: "operators", people: 1, validFor: "2h" },
        skip: { by: "operators", upTo: "14d" },
        other: { by: "operators" },
      },
      drain: { giveUpAfter: "5m", retryAfter: "5m", whenWindowCloses: "stop" },
      reboot: { delay: "30s", backWithin: "15m" },
      verify: { soak: "30s", atMost: "15m" },
    },
  ],
};

interface Settings {
  readonly nodes: readonly string[];
  /** Replicas of the bot, each on a node of its own. */
  readonly bots: number;
  /** All replicas are on this node at first. */
  readonly botsOn?: string;
  readonly seed?: string;
  readonly boot?: Duration;
  readonly faults?: FaultSettings;
  readonly tamper?: Tamper;
}

/** What is told apart of what happened, in order. */
export interface Happening {
  readonly what: "lease" | "evict" | "end" | "call";
  /** The lease's holder, the pod, or the node. */
  readonly name: string;
  readonly by: string;
  readonly node: string;
}

/** A cluster whose bots are pods in it, the rules checked after every change. */
export class BotsAsPods {
  readonly cluster: SimCluster;
  readonly checker = new RuleChecker({
    spells: [],
    absences: [],
    policies: [{ from: START, policy }],
    commits: [{ from: START, commit: COMMIT, isGood: true, pull: null }],
    slotMost: 90 * MINUTE,
    quietFrom: START + 5 * MINUTE,
  });
  readonly happened: Happening[] = [];
  /** The fewest bots that lived at once since the first one led. */
  fewestBots = Number.POSITIVE_INFINITY;
  #isCounting = false;

  constructor({ seed = "bots as pods", faults = NO_FAULTS, tamper = {}, ...settings }: Settings) {
    const { nodes, bots, botsOn, boot = 20_000 } = settings;
    const news = { kind: "good", policy: parsed(), source: "test", text: null } as const;
    this.cluster = new SimCluster({
      seed,
      start: START,
      clusterName: CLUSTER,
      policySource: () => ({
        start: (heard) => {
          heard(news);
          return { stop: () => {}, hurry: () => {} };
        },
      }),
      faults,
      tamper,
      onReboot: (call) => {
        this.checker.seeCall(call);
        this.happened.push({ what: "call", name: call.node, by: "agent", node: call.node });
      },
    });
    this.cluster.store.onChange((change) => this.#see(change));
    for (const name of nodes) {
      this.cluster.addNode({ name, labels: {}, habits: { boot } });
      this.cluster.startAgent(name);
    }
    this.cluster.workloads.deploy({ namespace: "shop", name: "api", replicas: 9, graceSeconds: 10 });
    this.cluster.deployBots(bots, botsOn === undefined);
    for (const name of nodes) if (botsOn !== undefined && name !== botsOn) setSchedulable(this.cluster, name, false);
  }

  /** True once it is so; false when it was not within `longest`. A bot that dies is counted before anything else happens. */
  until(isSo: () => boolean, longest: Duration = LONGEST): Promise<boolean> {
    const { clock } = this.cluster;
    return clock.runUntil(() => {
      this.#count();
      return isSo();
    }, clock.now() + longest);
  }

  /** A bot leads; then these hosts come to need a reboot. */
  async begin(needing: readonly string[] = [...this.cluster.hosts.keys()]): Promise<void> {
    await this.until(() => this.leader() !== "" && this.cluster.livingBots().length === this.bots().length);
    for (const name of this.cluster.hosts.keys()) setSchedulable(this.cluster, name, true);
    await this.cluster.clock.runUntil(() => false, this.cluster.clock.now() + MINUTE);
    this.#isCounting = true;
    for (const name of needing) this.cluster.hosts.get(name)?.need("kernel");
  }

  /** The pod whose process holds the lease; empty when nobody does. */
  leader(): string {
    return podIn(this.cluster.store.get("leases", "bootswain/bootswain"));
  }

  bots(): readonly string[] {
    const pods = this.cluster.store.all("pods").filter(({ metadata }) => metadata.namespace === "bootswain");
    return pods.map(nameOf);
  }

  nodeOf(pod: string): string {
    return text(at(this.cluster.store.get("pods", `bootswain/${pod}`), "spec", "nodeName"));
  }

  phaseOf(node: string): string {
    return text(at(this.cluster.store.get("nodereboots", node), "status", "phase"));
  }

  historyOf(node: string): string {
    return JSON.stringify(at(this.cluster.store.get("nodereboots", node), "status", "history"));
  }

  isFinished(nodes: readonly string[] = [...this.cluster.hosts.keys()]): boolean {
    return nodes.every(
      (name) => this.phaseOf(name) === "waiting" && this.cluster.hosts.get(name)?.isPending() === false,
    );
  }

  boots(): readonly number[] {
    return [...this.cluster.hosts.values()].map((host) => host.boots() - 1);
  }

  setBudget(spec: object): void {
    this.cluster.store.put("people", "poddisruptionbudgets", {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "bootswain", namespace: "bootswain", generation: 1 },
      spec: { selector: { matchLabels: { "app.kubernetes.io/component": "bot" } }, ...spec },
    });
  }

  #count(): void {
    if (this.#isCounting) this.fewestBots = Math.min(this.fewestBots, this.cluster.livingBots().length);
  }

  #see(change: Change): void {
    this.checker.see(change);
    this.#count();
    const { resource, verb, actor: by, before, after } = change;
    const node = text(at(before, "spec", "nodeName"));
    if (resource === "leases" && podIn(before) !== podIn(after))
      this.happened.push({ what: "lease", name: podIn(after), by, node: "" });
    if (resource === "pods" && verb === "evict") this.happened.push({ what: "evict", name: nameOf(after), by, node });
    if (resource === "pods" && verb === "delete") this.happened.push({ what: "end", name: nameOf(before), by, node });
  }
}

/** An identity is the pod's name and which life of a process it is. */
const podIn = (lease: unknown): string => text(at(lease, "spec", "holderIdentity")).replace(/-life-\d+$/, "");

function parsed(): Policy {
  const head = { apiVersion: "policy.bootswain.dev/v1alpha1", kind: "RebootPolicy", cluster: CLUSTER };
  const found = parsePolicy(JSON.stringify({ ...head, ...policy }), {
    file: "policy.yaml",
    commit: COMMIT,
    subject: "Reboot nights",
  });
  if (!found.ok) throw new Error(`the policy is not good: ${JSON.stringify(found.problems)}`);
  return found.policy;
}
