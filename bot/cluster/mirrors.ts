import type { Answer, Call, Json, Resource } from "../coordinator/ports.ts";
import { BOT_LABELS } from "../core/fleet/bots.ts";
import type { Check } from "../core/fleet/check.ts";
import { ETCD_PODS, GUARD_PODS } from "../core/fleet/etcd.ts";
import type { Job } from "../core/fleet/job.ts";
import type { MoveResult } from "../core/fleet/move.ts";
import type { NodeName, OrderId } from "../core/fleet/node.ts";
import type { Pod } from "../core/fleet/pod.ts";
import type { EvictionAnswer } from "../core/fleet/snapshot.ts";
import type { Duration } from "../core/instant.ts";
import type { PodsGate } from "../core/policy/policy.ts";
import type { PodRef } from "../core/step.ts";
import type { CallParts } from "./calls.ts";
import { GatePodMirrors } from "./gate-pod-mirrors.ts";
import { isRecord } from "./json.ts";
import type { Selection } from "./paged-list.ts";
import { PodMirror } from "./pod-mirror.ts";
import { type Reflector, reflect } from "./reflector.ts";
import { parseDaemonSet } from "./resources/daemon-set.ts";
import { parseDisruptionBudget } from "./resources/disruption-budget.ts";
import { parseHostReport } from "./resources/host-report.ts";
import { MADE_BY, parseJob } from "./resources/job.ts";
import { matchLabelsText } from "./resources/label-selector.ts";
import { parseNode } from "./resources/node.ts";
import { parseNodeReboot } from "./resources/node-reboot.ts";
import { parsePod } from "./resources/pod.ts";
import { parseDecision } from "./resources/reboot-decision.ts";
import { parseFleet } from "./resources/reboot-fleet.ts";
import { parseVolumeAttachment } from "./resources/volume-attachment.ts";
import { Store, type StoreIdentity } from "./store.ts";

const MADE_BY_US = { labelSelector: matchLabelsText(MADE_BY) };

/** What was read goes into a record at once. */
const LOGS_KEPT = 100;

/** Keeps the store in step with the cluster: a reflector for each kind, and one for the pods of each node that is drained. */
export class Mirrors {
  readonly store: Store;
  readonly #parts: CallParts;
  /** By their resource, but for those of pods of etcd. */
  readonly #reflectors = new Map<string, Reflector>();
  readonly #gatePods: GatePodMirrors;
  readonly #pods = new Map<NodeName, PodMirror>();
  readonly #waiting = new Set<() => void>();
  readonly #namespace: string;
  #volumes: Reflector | null = null;
  #synced = 0;
  #changed: () => void = () => {};

  constructor(parts: CallParts, identity: StoreIdentity) {
    this.#parts = parts;
    this.#namespace = identity.namespace;
    this.store = new Store(identity, parts.timings);
    this.#gatePods = new GatePodMirrors(parts, this.store, () => this.#stir());
  }

  start(changed: () => void): void {
    this.#changed = changed;
    const { store } = this;
    this.#mirror("nodes", parseNode, store.nodes);
    this.#mirror("hostreports", parseHostReport, store.reports);
    this.#mirror("nodereboots", parseNodeReboot, store.reboots);
    this.#mirror("rebootfleets", parseFleet, store.fleets);
    this.#mirror("rebootdecisions", parseDecision, store.decisions);
    this.#mirror("poddisruptionbudgets", parseDisruptionBudget, store.budgets);
    this.#mirror("daemonsets", parseDaemonSet, store.daemonSets);
    this.#mirror("jobs", parseJob, store.jobs, MADE_BY_US);
    for (const { namespace, labels } of ETCD_PODS) this.#mirrorEtcd(namespace, labels, store.etcdMembers);
    this.#mirrorEtcd(GUARD_PODS.namespace, GUARD_PODS.labels, store.etcdGuards);
    this.#mirror("pods", parsePod, store.bots, {
      namespace: this.#namespace,
      labelSelector: matchLabelsText(BOT_LABELS),
    });
  }

  stop(): void {
    for (const reflector of this.#reflectors.values()) reflector.stop();
    for (const mirror of this.#pods.values()) mirror.stop();
    this.#gatePods.stop();
    this.#volumes?.stop();
  }

  isReady(): boolean {
    return this.#reflectors.size > 0 && this.#synced === this.#reflectors.size;
  }

  put(resource: Resource, object: Json): void {
    this.#reflectors.get(resource)?.put(object);
  }

  /** Null while no object of that name is known. */
  uidOf(resource: Resource, name: string): string | null {
    return this.#reflectors.get(resource)?.uidOf(name) ?? null;
  }

  /** The server answered that this very object is gone. */
  forget(resource: Resource, name: string, uid: string): void {
    this.#reflectors.get(resource)?.forget(name, uid);
  }

  /** Resolves when the node's pods, listed after this call, are in the store. */
  watchPods(node: NodeName, order: string): Promise<void> {
    this.#pods.get(node)?.stop();
    const mirror = new PodMirror(this.#parts, this.store, node, order, () => this.#stir());
    this.#pods.set(node, mirror);
    return mirror.listed();
  }

  keepPods(nodes: ReadonlySet<NodeName>): void {
    this.#keepVolumes(nodes.size > 0);
    for (const [node, mirror] of this.#pods) {
      if (nodes.has(node)) continue;
      mirror.stop();
      this.#pods.delete(node);
      this.store.hidePods(node);
    }
  }

  keepGatePods(gates: readonly PodsGate[]): void {
    this.#gatePods.keep(gates);
  }

  /** A list without resourceVersion of the pods that are on the node now; null when it could not be had. */
  async listPods(node: NodeName, call: (call: Call) => Promise<Answer>): Promise<readonly Pod[] | null> {
    const answer = await call({ verb: "list", resource: "pods", fieldSelector: `spec.nodeName=${node}` });
    if (answer.kind === "unanswered" || answer.code !== 200 || !isRecord(answer.body)) return null;
    const items = answer.body["items"];
    if (!Array.isArray(items)) return null;
    for (const item of items) this.#pods.get(node)?.put(item);
    return items.flatMap((item) => parsePod(item) ?? []);
  }

  putPod(ref: PodRef, object: Json): void {
    const metadata = isRecord(object) ? object["metadata"] : undefined;
    if (isRecord(metadata) && metadata["uid"] !== ref.uid) this.podIsGone(ref);
    else this.#pods.get(ref.node)?.put(object);
  }

  podIsGone(ref: PodRef): void {
    this.#pods.get(ref.node)?.forget(ref);
  }

  /** True once the store shows it; false when it did not within the time. */
  until(isShown: () => boolean, within: Duration): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (seen: boolean): void => {
        this.#waiting.delete(look);
        timer.stop();
        resolve(seen);
      };
      const timer = this.#parts.clock.after(within, () => finish(false));
      const look = (): void => {
        if (isShown()) finish(true);
      };
      this.#waiting.add(look);
      look();
    });
  }

  podLeaves(ref: PodRef, within: Duration): Promise<boolean> {
    return this.until(() => {
      const pod = this.store.podOf(ref.node, ref.uid);
      return pod === null || pod.deletingSince !== null;
    }, within);
  }

  recordEviction(answer: Omit<EvictionAnswer, "fingerprint">): void {
    this.store.recordEviction(answer);
    this.#stir();
  }

  recordCheck(node: NodeName, check: Check): void {
    this.store.checks.set(node, check);
    this.#stir();
  }

  recordJobLog(key: string, lines: readonly string[]): void {
    const { jobLogs } = this.store;
    jobLogs.set(key, lines);
    const oldest = jobLogs.keys().next().value;
    if (jobLogs.size > LOGS_KEPT && oldest !== undefined) jobLogs.delete(oldest);
    this.#stir();
  }

  recordMove(key: string, result: MoveResult): void {
    this.store.moves.set(key, result);
    this.#stir();
  }

  recordHandOver(order: OrderId): void {
    this.store.recordHandOver(order);
    this.#stir();
  }

  /** A Job that could not be made, so that no watch will show it. */
  recordJob(job: Job): void {
    this.store.jobs.set(`${job.namespace}/${job.name}`, job);
    this.#stir();
  }

  /** Attachments are watched only while some node is drained: there is one for each volume in use. */
  #keepVolumes(isWanted: boolean): void {
    if (isWanted === (this.#volumes !== null)) return;
    this.#volumes?.stop();
    this.#volumes = null;
    this.store.volumes = null;
    if (!isWanted) return;
    const { api, clock, random, log } = this.#parts;
    const early = new Map<string, NodeName>();
    const changed = (key: string, node: NodeName | null): void => {
      if (node === null) early.delete(key);
      else early.set(key, node);
      this.#stir();
    };
    const synced = (): void => {
      this.store.volumes = early;
      this.#stir();
    };
    const resource = "volumeattachments" as const;
    this.#volumes = reflect({ api, clock, random, log, resource, parse: parseVolumeAttachment, changed, synced });
  }

  #mirrorEtcd(namespace: string, labels: Readonly<Record<string, string>>, into: Map<string, Pod>): void {
    const labelSelector = matchLabelsText(labels);
    this.#mirror("pods", parsePod, into, { namespace, labelSelector }, `${namespace} ${labelSelector}`);
  }

  #mirror<T>(
    resource: Resource,
    parse: (object: Json) => T | null,
    into: Map<string, T>,
    selection: Selection = {},
    name: string = resource,
  ): void {
    const { api, clock, random, log } = this.#parts;
    const changed = (key: string, value: T | null): void => {
      if (value === null) into.delete(key);
      else into.set(key, value);
      this.#stir();
    };
    const synced = (): void => {
      this.#synced += 1;
      this.#stir();
    };
    this.#reflectors.set(name, reflect({ api, clock, random, log, resource, parse, changed, synced, ...selection }));
  }

  #stir(): void {
    for (const look of [...this.#waiting]) look();
    this.#changed();
  }
}
