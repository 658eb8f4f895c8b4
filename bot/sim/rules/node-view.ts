import { Timeline } from "./timeline.ts";
import { at, type Change, cordonedFor, isUnschedulable, list, text, time } from "./world.ts";

/** What a Node shows. */
export interface NodeState {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bootId: string;
  readonly isReady: boolean;
  /** Null where no EtcdIsVoter condition is shown. */
  readonly isVoter: boolean | null;
  readonly cordon: "none" | "ours" | "theirs";
}

/** What its agent reported last. */
interface ReportState {
  readonly bootId: string;
  readonly heartbeat: number;
  /** Since when it needs a reboot; null when it needs none. */
  readonly pendingSince: number | null;
}

interface RebootState {
  readonly phase: string;
  readonly holds: readonly string[];
  readonly retryAt: number;
  /** How often it was ordered to reboot and did not. */
  readonly missed: number;
  /** Since when its record says that pods stand in its way. */
  readonly blockedSince: number;
}

const RESTING: RebootState = { phase: "waiting", holds: [], retryAt: Number.NaN, missed: 0, blockedSince: Number.NaN };

/** One node with all that its objects say, and what they said lately. */
export class NodeView {
  readonly name: string;
  /** Null while there is no such Node. */
  readonly states = new Timeline<NodeState | null>();
  readonly phases = new Timeline<string>();
  /** Whether its static pod of etcd is ready; null where there is none. */
  readonly etcdPod = new Timeline<boolean | null>();
  report: ReportState | null = null;
  reboot: RebootState = RESTING;
  /** When its phase changed last. */
  phaseSince = Number.NEGATIVE_INFINITY;
  drainedSince = Number.NaN;
  /** The drain's own clock runs from when it was decided on. */
  drainDecidedAt = Number.NaN;
  /** When decisions about it became void: another boot, another node of that name, an order given. */
  readonly voidedAt: number[] = [];
  /** When its boot ID changed last, or it was made anew. */
  bootedAt = Number.NEGATIVE_INFINITY;
  readonly #orders = new Set<string>();
  #key = "";

  constructor(name: string) {
    this.name = name;
  }

  seeNode({ after, at: now }: Change): void {
    const next = after === null ? null : stateOf(after);
    const key = JSON.stringify(next);
    if (key === this.#key) return;
    this.#key = key;
    const before = this.states.now();
    if (before?.uid !== next?.uid || before?.bootId !== next?.bootId) {
      this.voidedAt.push(now);
      this.bootedAt = now;
    }
    this.states.set(now, next);
  }

  /** A pod of the namespace kube-system that is bound to it. */
  seeEtcdPod({ after, at: now }: Change): void {
    const isReady = list(at(after, "status", "conditions")).some(
      (one) => text(at(one, "type")) === "Ready" && text(at(one, "status")) === "True",
    );
    this.etcdPod.set(now, after === null ? null : isReady);
  }

  seeReport(report: unknown): void {
    const status = at(report, "status");
    const reasons = list(at(status, "pending", "reasons"));
    this.report = {
      bootId: text(at(status, "bootID")),
      heartbeat: time(at(status, "heartbeat")),
      pendingSince: reasons.length === 0 ? null : time(at(status, "pending", "since")),
    };
  }

  seeReboot({ after, at: now, decidedAt }: Change): void {
    const status = at(after, "status");
    const phase = text(at(status, "phase")) || "waiting";
    if (phase === "draining" && this.reboot.phase !== "draining") {
      this.drainedSince = now;
      this.drainDecidedAt = decidedAt;
    }
    if (phase !== this.reboot.phase) this.phaseSince = now;
    this.phases.set(now, phase);
    this.reboot = {
      phase,
      holds: list(at(status, "holds")).map((hold) => text(at(hold, "kind"))),
      retryAt: time(at(status, "retryAt")),
      missed: Number(at(status, "missed") ?? 0),
      blockedSince: time(at(status, "blockedSince") ?? at(status, "draining", "onlyRefusedSince")),
    };
    const order = text(at(status, "order", "id"));
    if (Number.isNaN(time(at(status, "order", "notAfter"))) || this.#orders.has(order)) return;
    this.#orders.add(order);
    this.voidedAt.push(now);
  }
}

function stateOf(node: unknown): NodeState {
  const conditions = list(at(node, "status", "conditions"));
  const statusOf = (type: string): string | null => {
    const condition = conditions.find((one) => at(one, "type") === type);
    return condition === undefined ? null : text(at(condition, "status"));
  };
  const voter = statusOf("EtcdIsVoter");
  const labels = Object.entries(at(node, "metadata", "labels") ?? {}).map(([key, value]) => [key, text(value)]);
  return {
    uid: text(at(node, "metadata", "uid")),
    labels: Object.fromEntries(labels),
    bootId: text(at(node, "status", "nodeInfo", "bootID")),
    isReady: statusOf("Ready") === "True",
    isVoter: voter === null ? null : voter === "True",
    cordon: !isUnschedulable(node) ? "none" : cordonedFor(node) === "" ? "theirs" : "ours",
  };
}
