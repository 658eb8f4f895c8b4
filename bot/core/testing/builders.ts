import { nodeDigest } from "../decide/digest.ts";
import type { Observation } from "../fleet/condition.ts";
import type { Decision, Judgement } from "../fleet/decision.ts";
import type { DisruptionBudget } from "../fleet/disruption-budget.ts";
import type { Node } from "../fleet/node.ts";
import type { Pod } from "../fleet/pod.ts";
import type { HistoryEntry, NodeReboot } from "../fleet/reboot.ts";
import type { HostReport } from "../fleet/report.ts";
import type { EvictionAnswer, Snapshot } from "../fleet/snapshot.ts";
import { HOUR, type Instant, MINUTE } from "../instant.ts";
import { type Plan, plan } from "../plan.ts";
import type { Policy, Pool } from "../policy/policy.ts";
import type { Step } from "../step.ts";
import { DEFAULT_TIMINGS } from "../timings.ts";
import { NOW } from "./now.ts";
import { aDaemonSet } from "./pods.ts";
import { aPolicy, aPool } from "./policies.ts";

export const aNode = (changes: Partial<Node> = {}): Node => ({
  name: "worker-1",
  uid: `uid-${changes.name ?? "worker-1"}`,
  labels: {},
  bootId: "boot-1",
  ready: true,
  readyChanged: NOW - HOUR,
  etcdVoter: null,
  cordonedSince: null,
  cordon: { kind: "none", liftedFor: null },
  taints: [],
  addresses: [],
  deletedAt: null,
  allocatable: { cpuMillis: 4_000, memoryBytes: 16 * 2 ** 30 },
  ...changes,
});

export const aReport = (changes: Partial<HostReport> = {}): HostReport => ({
  node: "worker-1",
  nodeUid: `uid-${changes.node ?? "worker-1"}`,
  bootId: "boot-1",
  bootedAt: NOW - 24 * HOUR,
  os: "AlmaLinux 9",
  kernel: "5.14.0-427",
  pending: {
    since: NOW - HOUR,
    reasons: [{ kind: "sentinel", identity: "sentinel/1", text: "kernel", since: NOW - HOUR }],
  },
  order: null,
  heartbeat: NOW - MINUTE,
  agentVersion: "0.1.0",
  ...changes,
});

export const aReboot = (changes: Partial<NodeReboot> = {}): NodeReboot => ({
  node: "worker-1",
  nodeUid: `uid-${changes.node ?? "worker-1"}`,
  version: "1",
  pool: "workers",
  phase: { kind: "waiting" },
  phaseSince: null,
  holds: [],
  orders: 0,
  given: 0,
  tries: 0,
  triesSince: null,
  retryAt: null,
  blockers: [],
  blockedSince: null,
  moves: [],
  hooks: [],
  baseline: null,
  outcome: null,
  missed: 0,
  orderedFor: [],
  wantedFor: [],
  bootId: "boot-1",
  released: null,
  mode: null,
  policyCommit: null,
  policyPull: null,
  history: [],
  ...changes,
});

/** A line of a node's record. */
export const aLine = (changes: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at: NOW,
  phase: "waiting",
  order: null,
  says: "",
  policyCommit: null,
  policyPull: null,
  ...changes,
});

export const aDecision = (changes: Partial<Decision> & { readonly judgement?: Judgement | null } = {}): Decision => ({
  name: "decision-1",
  uid: `uid-${changes.name ?? "decision-1"}`,
  version: "1",
  createdAt: NOW,
  verb: "approve",
  targets: [{ node: "worker-1", digest: null }],
  by: { system: "slack", id: "U01AB" },
  groups: [],
  reason: null,
  until: null,
  judgement: null,
  ...changes,
});

export const aJudgement = (changes: Partial<Judgement> = {}): Judgement => ({
  outcome: "counted",
  says: "worker-1 is approved by ana.",
  at: NOW,
  person: "ana",
  validUntil: null,
  bound: [{ node: "worker-1", digest: currentDigest() }],
  blockers: [],
  policyCommit: null,
  policyPull: null,
  ...changes,
});

/** The digest of the default node under the default policy. */
export function currentDigest(
  parts: { readonly pool?: Pool; readonly reboot?: NodeReboot; readonly node?: Node } = {},
): string {
  return nodeDigest({
    node: parts.node ?? aNode(),
    report: null,
    reboot: parts.reboot ?? aReboot(),
    pool: parts.pool ?? aPool(),
  });
}

/** The admission policies are in force. */
const ADMITTED: Observation = { type: "AdmissionMissing", isTrue: false, says: "" };

export interface Parts {
  readonly nodes?: readonly Node[];
  readonly reports?: readonly HostReport[];
  readonly reboots?: readonly NodeReboot[];
  readonly decisions?: readonly Decision[];
  readonly budgets?: readonly DisruptionBudget[];
  readonly pods?: readonly Pod[];
  /** The order after whose cordon the pods were listed. */
  readonly podsListedFor?: string;
  readonly evictions?: readonly EvictionAnswer[];
  readonly fleet?: Snapshot["fleet"];
  readonly daemonSets?: Snapshot["daemonSets"];
  readonly jobs?: Snapshot["jobs"];
  readonly moves?: Snapshot["moves"];
  readonly volumes?: Snapshot["volumes"];
  readonly checks?: Snapshot["checks"];
  readonly bots?: Snapshot["bots"];
  readonly gates?: Snapshot["gates"];
  readonly gatePods?: Snapshot["gatePods"];
  readonly jobLogs?: Snapshot["jobLogs"];
  readonly etcd?: Snapshot["etcd"];
  readonly observations?: Snapshot["observations"];
  readonly people?: Snapshot["people"];
}

/** One pending, healthy node without a slot, where nothing else is said. */
export function aSnapshot(parts: Parts = {}): Snapshot {
  const nodes = parts.nodes ?? [aNode()];
  const reports = parts.reports ?? nodes.map(({ name, uid, bootId }) => aReport({ node: name, nodeUid: uid, bootId }));
  const reboots = parts.reboots ?? nodes.map(({ name, uid }) => aReboot({ node: name, nodeUid: uid }));
  const listedFor = parts.podsListedFor;
  return {
    cluster: "abal-kuber",
    timings: DEFAULT_TIMINGS,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    reports: new Map(reports.map((report) => [report.node, report])),
    reboots: new Map(reboots.map((reboot) => [reboot.node, reboot])),
    fleet: fleetOf(parts),
    decisions: new Map((parts.decisions ?? []).map((decision) => [decision.name, decision])),
    budgets: new Map((parts.budgets ?? []).map((budget) => [`${budget.namespace}/${budget.name}`, budget])),
    pods:
      listedFor === undefined
        ? new Map()
        : new Map([["worker-1", { order: listedFor, pods: new Map((parts.pods ?? []).map((pod) => [pod.uid, pod])) }]]),
    daemonSets: parts.daemonSets ?? new Map([["web/ds", aDaemonSet()]]),
    moves: parts.moves ?? new Map(),
    jobs: parts.jobs ?? new Map(),
    volumes: parts.volumes ?? null,
    bots: parts.bots ?? { namespace: "bootswain", pods: new Map(), self: null, handedOver: null },
    checks: parts.checks ?? null,
    gates: parts.gates ?? null,
    gatePods: parts.gatePods ?? new Map(),
    jobLogs: parts.jobLogs ?? new Map(),
    etcd: parts.etcd ?? { members: new Map(), guards: new Map() },
    observations: parts.observations ?? [ADMITTED],
    people: parts.people ?? null,
    evictions: new Map((parts.evictions ?? []).map((answer) => [answer.podUid, answer])),
  };
}

/** What is observed by default is on record, too. */
function fleetOf({ fleet, observations }: Parts): Snapshot["fleet"] {
  if (fleet === null) return null;
  const known = fleet ?? {
    version: "1",
    paused: null,
    slots: [],
    policy: null,
    gates: [],
    conditions: [],
    lookAgain: null,
  };
  const isDefault = observations === undefined && known.conditions.length === 0;
  return isDefault ? { ...known, conditions: [{ ...ADMITTED, since: NOW - HOUR }] } : known;
}

export function planned(
  parts: Parts = {},
  options: { policy?: Policy | undefined; now?: Instant; inFlight?: readonly string[] } = {},
): Plan {
  const policy = "policy" in options ? options.policy : aPolicy();
  return plan(aSnapshot(parts), new Set(options.inFlight), policy, options.now ?? NOW);
}

export const stepKinds = ({ steps }: Plan): readonly Step["kind"][] => steps.map(({ kind }) => kind);

export const holdKinds = ({ nodes }: Plan, node = "worker-1"): readonly string[] =>
  nodes.get(node)?.holds.map(({ kind }) => kind) ?? [];
