import type { Check } from "../core/fleet/check.ts";
import type { DaemonSet } from "../core/fleet/daemon-set.ts";
import type { Decision } from "../core/fleet/decision.ts";
import { budgetsFingerprint, type DisruptionBudget } from "../core/fleet/disruption-budget.ts";
import type { Fleet } from "../core/fleet/fleet.ts";
import type { Job } from "../core/fleet/job.ts";
import type { MoveResult } from "../core/fleet/move.ts";
import type { Node, NodeName, OrderId } from "../core/fleet/node.ts";
import type { Pod } from "../core/fleet/pod.ts";
import type { NodeReboot } from "../core/fleet/reboot.ts";
import type { HostReport } from "../core/fleet/report.ts";
import type { EvictionAnswer, Snapshot } from "../core/fleet/snapshot.ts";
import type { Timings } from "../core/timings.ts";

/** Whose view of which cluster it is. */
export interface StoreIdentity {
  readonly cluster: string;
  /** In which the bot's own pods are. */
  readonly namespace: string;
  /** The pod that this process runs in; null when it runs in none. */
  readonly pod: string | null;
  /** A reader only looks: it makes no dry runs, and what is on record counts. */
  readonly isReader: boolean;
}

/** All that is known of the cluster, as parsed values; the reflectors and the answers of our own writes fill it. */
export class Store {
  readonly nodes = new Map<NodeName, Node>();
  readonly reports = new Map<NodeName, HostReport>();
  readonly reboots = new Map<NodeName, NodeReboot>();
  readonly fleets = new Map<string, Fleet>();
  readonly decisions = new Map<string, Decision>();
  readonly budgets = new Map<string, DisruptionBudget>();
  readonly #pods = new Map<NodeName, { readonly order: string; readonly pods: Map<string, Pod> }>();
  readonly daemonSets = new Map<string, DaemonSet>();
  readonly jobs = new Map<string, Job>();
  readonly jobLogs = new Map<string, readonly string[]>();
  readonly moves = new Map<string, MoveResult>();
  readonly etcdMembers = new Map<string, Pod>();
  readonly etcdGuards = new Map<string, Pod>();
  /** By gateKey(), then by the pods' UIDs. */
  readonly gatePods = new Map<string, ReadonlyMap<string, Pod>>();
  readonly checks = new Map<NodeName, Check>();
  /** The bot's own pods. */
  readonly bots = new Map<string, Pod>();
  volumes: Map<string, NodeName> | null = null;
  readonly #evictions = new Map<string, EvictionAnswer>();
  readonly #identity: StoreIdentity;
  readonly #timings: Timings;
  #handedOver: OrderId | null = null;

  constructor(identity: StoreIdentity, timings: Timings) {
    this.#identity = identity;
    this.#timings = timings;
  }

  snapshot(): Snapshot {
    const { cluster, namespace, pod, isReader } = this.#identity;
    return {
      cluster,
      timings: this.#timings,
      nodes: this.nodes,
      reports: this.reports,
      reboots: this.reboots,
      fleet: this.fleets.get("cluster") ?? null,
      decisions: this.decisions,
      budgets: this.budgets,
      pods: this.#pods,
      evictions: this.#evictions,
      jobs: this.jobs,
      jobLogs: this.jobLogs,
      moves: this.moves,
      etcd: { members: this.etcdMembers, guards: this.etcdGuards },
      gates: null,
      people: null,
      observations: [],
      gatePods: this.gatePods,
      volumes: this.volumes,
      daemonSets: this.daemonSets,
      bots: { namespace, pods: this.bots, self: pod, handedOver: this.#handedOver },
      checks: isReader ? null : this.checks,
    };
  }

  /** The pods of a node count from here on as listed after the cordon of `order`. */
  showPods(node: NodeName, order: string, pods: ReadonlyMap<string, Pod>): void {
    this.#pods.set(node, { order, pods: new Map(pods) });
  }

  setPod(node: NodeName, uid: string, pod: Pod | null): void {
    const listed = this.#pods.get(node);
    if (listed === undefined) return;
    if (pod === null) {
      listed.pods.delete(uid);
      this.#evictions.delete(uid);
    } else {
      listed.pods.set(uid, pod);
    }
  }

  podOf(node: NodeName, uid: string): Pod | null {
    return this.#pods.get(node)?.pods.get(uid) ?? null;
  }

  hidePods(node: NodeName): void {
    for (const uid of this.#pods.get(node)?.pods.keys() ?? []) this.#evictions.delete(uid);
    this.#pods.delete(node);
  }

  shownNodes(): readonly NodeName[] {
    return [...this.#pods.keys()];
  }

  recordEviction(answer: Omit<EvictionAnswer, "fingerprint">): void {
    this.#evictions.set(answer.podUid, { ...answer, fingerprint: budgetsFingerprint(answer.budgets, this.budgets) });
  }

  recordHandOver(order: OrderId): void {
    this.#handedOver = order;
  }

  evictionOf(uid: string): EvictionAnswer | null {
    return this.#evictions.get(uid) ?? null;
  }
}
